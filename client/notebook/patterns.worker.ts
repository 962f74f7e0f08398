/** Looks for a pattern aside: one that takes for ever holds up this worker, which is ended, and not the page. */
import { finderOf, findMatches, type Sought, type Texts } from './find.ts';

self.onmessage = ({ data }: MessageEvent<{ readonly texts: Texts; readonly sought: Sought }>) => {
  const finder = finderOf(data.sought);
  self.postMessage('wrong' in finder ? [] : findMatches(data.texts, finder));
};
self.postMessage('ready');
