/**
 * A live notebook without a server: a document in memory, runs that the test tells, and what was asked kept in lists.
 * Two of them can be joined, so that one person's edits reach the other's page.
 */
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { FormsOfRun, LiveEvent, LiveNotebook, SaveState } from '../../../client/live/contract.ts';
import { insertParagraphs, type Paragraph, paragraphMap, sourceOf } from '../../../server/protocol/document.ts';
import type { NotebookId, ParagraphId, PersonId, RequestId, RunId, SessionId } from '../../../server/protocol/ids.ts';
import type { SessionTable } from '../../../server/protocol/messages.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import type { RunEvent, RunSpec } from '../../../server/protocol/runs.ts';

export type FakeLive = LiveNotebook & {
  readonly asked: ParagraphId[][];
  readonly calls: string[];
  /** Values of forms of each run asked for. */
  readonly filled: (FormsOfRun | undefined)[];
  emit(event: LiveEvent): void;
  setSave(save: SaveState): void;
  /** A run of a paragraph's present text, told as far as `outputs` and `end` go. */
  tell(paragraph: ParagraphId, more?: Telling): RunId;
};

export type Telling = {
  readonly outputs?: readonly Output[];
  readonly end?: 'done' | 'failed' | 'running' | 'queued';
  readonly by?: string;
  readonly ms?: number;
  readonly progress?: number;
  readonly session?: string;
  readonly forms?: FormsOfRun;
};

export type Given = Partial<Omit<Paragraph, 'id'>> & { readonly id: string; readonly source: string };

export function fakeLive(given: readonly Given[] = [], tables: readonly SessionTable[] = []): FakeLive {
  const doc = new Y.Doc();
  insertParagraphs(
    doc,
    given.map((one) => ({ interpreter: 'sql', options: {}, ...one, id: one.id as ParagraphId })),
    undefined,
    'import',
  );
  const origin = {};
  const listeners = new Set<(event: LiveEvent) => void>();
  const asked: ParagraphId[][] = [];
  const calls: string[] = [];
  const filled: (FormsOfRun | undefined)[] = [];
  let save: SaveState = { state: 'saved' };
  let runs = 0;
  const emit = (event: LiveEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const awareness = new Awareness(doc);
  awareness.setLocalState({ person: { id: 'me', name: 'Ada' }, color: 2 });
  const undo = new Y.UndoManager([doc.getMap('paragraphs'), doc.getMap('meta')], { trackedOrigins: new Set([origin]) });
  return {
    id: 'fake' as NotebookId,
    doc,
    awareness,
    origin,
    undo,
    asked,
    calls,
    filled,
    get save() {
      return save;
    },
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    emit,
    setSave(next) {
      save = next;
      emit({ type: 'save', save: next });
    },
    tell(
      paragraph,
      { outputs = [], end = 'done', by = 'Ada', ms = 40, progress, session = 'session', forms = {} } = {},
    ) {
      runs += 1;
      const id = `run-${runs}` as RunId;
      const at = Date.now() - ms;
      const run: RunSpec = {
        id,
        notebook: 'fake' as NotebookId,
        paragraph,
        request: `request-${runs}` as RequestId,
        session: session as SessionId,
        by: { id: by.toLowerCase() as PersonId, name: by },
        asked: at,
        interpreter: String(paragraphMap(doc, paragraph)?.get('interpreter')),
        source: sourceOf(doc, paragraph)?.toString() ?? '',
        options: {},
        forms,
      };
      const events: RunEvent[] = [{ type: 'queued', run }];
      if (end !== 'queued') events.push({ type: 'started', id, at });
      if (progress !== undefined) events.push({ type: 'progress', id, progress: { fraction: progress } });
      for (const [index, output] of outputs.entries()) events.push({ type: 'output', id, index, output });
      if (end === 'done' || end === 'failed') {
        events.push({ type: 'ended', id, phase: { state: end, started: at, ended: at + ms } });
      }
      emit({ type: 'run', events });
      return id;
    },
    run(paragraphs, forms) {
      asked.push([...(paragraphs ?? [])]);
      filled.push(forms);
      return Promise.resolve([]);
    },
    cancel: (run) => void calls.push(`cancel ${run ?? 'all'}`),
    interrupt: () => void calls.push('interrupt'),
    restart: (clear) => void calls.push(clear ? 'restart and clear' : 'restart'),
    useMine: () => void calls.push('use mine'),
    complete: () => Promise.resolve([]),
    check: () => Promise.resolve(undefined),
    tables: () => Promise.resolve(tables),
    present: (presence) => awareness.setLocalState({ ...awareness.getLocalState(), ...presence }),
    rename: ({ name }) => void calls.push(`rename ${name}`),
    close: () => awareness.destroy(),
  };
}
