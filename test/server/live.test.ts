import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { type LiveParts, liveHandlers } from '../../server/live.ts';
import { deleteParagraph, insertParagraph, orderOf } from '../../server/protocol/document.ts';
import { type NotebookId, newId, type ParagraphId } from '../../server/protocol/ids.ts';
import type { Change } from '../../server/rooms/contract.ts';

const notebook = 'notebook' as NotebookId;

/** A loaded notebook; what was started ahead, in order. */
function open() {
  const doc = new Y.Doc();
  const started: (readonly string[] | undefined)[] = [];
  let change: (change: Change) => void = () => undefined;
  const room = {
    doc,
    onChange: (listener: typeof change) => {
      change = listener;
      return () => undefined;
    },
  };
  const attached = { runs: [], release: () => undefined };
  const parts = {
    rooms: { loaded: () => room },
    runs: { of: async () => ({ attach: () => attached, changed: () => undefined, latest: () => [] }) },
    sessions: { startAhead: (_: NotebookId, interpreters?: readonly string[]) => started.push(interpreters) },
    workspace: {},
    visitors: { watch: () => ({ latest: () => [], release: () => undefined }) },
  } as unknown as LiveParts;
  return {
    doc,
    started,
    handlers: liveHandlers(parts),
    change: (paragraphs: string[]) => change({ paragraphs: new Set(paragraphs) } as unknown as Change),
  };
}

function add(doc: Y.Doc, interpreter: string): ParagraphId {
  const id = newId<ParagraphId>();
  insertParagraph(doc, { id, interpreter, source: '', options: {} }, undefined);
  return id;
}

it('a notebook that is opened has each of its languages started ahead, but not those of deleted paragraphs', () => {
  const { doc, started, handlers } = open();
  add(doc, 'sql');
  add(doc, 'typescript');
  add(doc, 'typescript');
  const gone = add(doc, 'shell');
  deleteParagraph(doc, gone, { by: 'ada', at: 1 });
  handlers.opened(notebook);
  expect(started.map((list) => list?.toSorted())).toEqual([['sql', 'typescript']]);
});

it('a language that an open notebook gains is started ahead once, at its first paragraph', async () => {
  const { doc, started, handlers, change } = open();
  await handlers.watchRuns(notebook, { kind: 'owner' }, { events: () => undefined, visitor: () => undefined });
  add(doc, 'shell');
  change([...orderOf(doc)]);
  change([...orderOf(doc)]);
  expect(started).toEqual([['shell']]);
});
