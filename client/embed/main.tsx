import '../styles/tokens.css';
import '../styles/base.css';
import '../styles/parts.css';
import '../styles/paragraph.css';
import './embed.css';
import { render } from 'solid-js/web';
import { type NotebookId, parseId } from '../../server/protocol/ids.ts';
import { FramesContext, type Shared } from '../outputs/frame/shared.ts';
import { Embed } from './Embed.tsx';

const root = document.getElementById('root');
const id = parseId<NotebookId>(root?.dataset.notebook);
if (root && id) {
  // Its words came with it, in the reader's language: those of the page are many.
  const { open = '', gone = '', away = '', notRun = '', failed = '' } = root.dataset;
  const { ignored = '', running = '', refused = '', over = '' } = root.dataset;
  const shared: Shared = {};
  render(
    () => (
      <FramesContext.Provider value={shared}>
        <Embed id={id} words={{ open, gone, away, notRun, failed, ignored, running, refused, over }} />
      </FramesContext.Provider>
    ),
    root,
  );
}
