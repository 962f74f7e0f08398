/** `%md` and the like, typed at a paragraph's start, switch its interpreter and disappear: files never contain `%`. */
import * as Y from 'yjs';
import { paragraphsOf, setInterpreter, setOption, sourceOf } from '../../server/protocol/document.ts';
import { type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import { readMagic } from '../../server/protocol/magic.ts';
import type { LiveNotebook } from '../live/contract.ts';
import { choiceOf } from './interpreters.ts';

export type MagicView = {
  /** The paragraph is left or run: a word counts also where nothing follows it. */
  settle(id: ParagraphId): void;
  close(): void;
};

export function openMagic(live: Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>): MagicView {
  const root = paragraphsOf(live.doc);
  const apply = (id: ParagraphId, isLeft: boolean): void => {
    const source = sourceOf(live.doc, id);
    const text = source?.toString() ?? '';
    const magic = text.includes('%') ? readMagic(text, isLeft) : undefined;
    const choice = choiceOf(magic?.interpreter ?? '');
    if (!source || !magic || !choice) return;
    live.undo.stopCapturing();
    live.doc.transact(() => {
      source.delete(0, text.length - magic.rest.length);
      setInterpreter(live.doc, id, choice.name, live.origin);
      for (const [key, value] of Object.entries(magic.options)) setOption(live.doc, id, key, value, live.origin);
    }, live.origin);
  };
  const onEvents = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void => {
    // Only what is written here and now: not a colleague's text, not what an undo brings back.
    if (transaction.origin !== live.origin) return;
    for (const event of events) {
      const id = parseId<ParagraphId>(event.path[0]);
      if (!id || event.path.length !== 2 || !(event.target instanceof Y.Text)) continue;
      if (!event.target.toString().trimStart().startsWith('%')) continue;
      // After the editor is done with this change.
      queueMicrotask(() => apply(id, false));
    }
  };
  root.observeDeep(onEvents);
  return { settle: (id) => apply(id, true), close: () => root.unobserveDeep(onEvents) };
}
