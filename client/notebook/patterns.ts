import type { Match, Sought, Texts } from './find.ts';
import PatternWorker from './patterns.worker.ts?worker';

/** Patterns that people mean are done in a few milliseconds; one that takes so long would take for ever. */
const MOST_MS = 1000;

/** What a pattern finds; `slow` where it takes too long. */
export function searchPattern(texts: Texts, sought: Sought): Promise<readonly Match[] | 'slow'> {
  return new Promise((resolve, reject) => {
    const worker = new PatternWorker();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      worker.terminate();
      settle();
    };
    worker.onmessage = ({ data }: MessageEvent<'ready' | readonly Match[]>) => {
      if (data !== 'ready') return end(() => resolve(data));
      timer = setTimeout(() => end(() => resolve('slow')), MOST_MS);
      worker.postMessage({ texts: [...texts], sought });
    };
    worker.onerror = (event) => end(() => reject(new Error(event.message)));
  });
}
