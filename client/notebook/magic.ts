/** `%md` and the like, typed at a paragraph's start, switch its interpreter and disappear: files never contain `%`. */
import * as Y from 'yjs';
import { paragraphsOf, setInterpreter, setOption, sourceOf } from '../../server/protocol/document.ts';
import { type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import { readMagic } from '../../server/protocol/magic.ts';
import type { LiveNotebook } from '../live/contract.ts';

export function openMagic(live: Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>): () => void {
  const root = paragraphsOf(live.doc);
  const apply = (id: ParagraphId): void => {
    const source = sourceOf(live.doc, id);
    const magic = source && readMagic(source.toString());
    if (!source || !magic) return;
    live.undo.stopCapturing();
    live.doc.transact(() => {
      source.delete(0, magic.length);
      setInterpreter(live.doc, id, magic.interpreter, live.origin);
      for (const [key, value] of Object.entries(magic.options)) setOption(live.doc, id, key, value, live.origin);
    }, live.origin);
  };
  const onEvents = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void => {
    if (transaction.origin !== live.origin) return;
    for (const event of events) {
      const id = parseId<ParagraphId>(event.path[0]);
      const text = event.target;
      // Only what is written now, at the very start: not what an undo brings back.
      if (!id || event.path.length !== 2 || !(text instanceof Y.Text) || !text.toString().startsWith('%')) continue;
      // After the editor is done with this change.
      queueMicrotask(() => apply(id));
    }
  };
  root.observeDeep(onEvents);
  return () => root.unobserveDeep(onEvents);
}
