import { expect, it } from 'vitest';
import * as Y from 'yjs';
import type { Principal } from '../../server/access/principal.ts';
import { type LiveParts, liveHandlers } from '../../server/live.ts';
import { deleteParagraph, insertParagraph, orderOf } from '../../server/protocol/document.ts';
import { setForm } from '../../server/protocol/forms/document.ts';
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
  const asked: (readonly [where: string, forms: unknown])[] = [];
  const asking = (where: string) => ({
    ask: async ({ forms }: { forms: unknown }) => {
      asked.push([where, forms]);
      return { runs: [] };
    },
  });
  const parts = {
    rooms: { loaded: () => room },
    runs: {
      of: async () => ({ attach: () => attached, changed: () => undefined, latest: () => [] }),
      peek: () => asking('the notebook’s'),
    },
    sessions: { startAhead: (_: NotebookId, interpreters?: readonly string[]) => started.push(interpreters) },
    workspace: {},
    visitors: {
      watch: () => ({ latest: () => [], release: () => undefined }),
      find: () => undefined,
      idle: () => undefined,
      open: async () => asking('their own'),
    },
  } as unknown as LiveParts;
  return {
    doc,
    asked,
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

it('a writer’s run with the notebook’s own values is the notebook’s, with others it is in a session of their own', async () => {
  const { doc, asked, handlers } = open();
  setForm(doc, 'day', '2015-01-01');
  setForm(doc, 'airports', { type: 'multi-select', options: ['SEA', 'JFK'], default: ['SEA', 'JFK'] });
  const ask = (forms: Readonly<Record<string, unknown>>, whose: 'writers' | Principal) =>
    handlers.run(notebook, { request: newId(), by: { id: newId(), name: 'Ana' }, forms, principal }, whose);
  const principal: Principal = { kind: 'owner' };
  const own = { day: '2015-01-01', airports: ['JFK', 'SEA'] };
  await ask({}, 'writers');
  await ask(own, 'writers');
  await ask({ day: '2016-01-01' }, 'writers');
  await ask({ airports: [] }, 'writers');
  await ask({}, principal);
  expect(asked).toEqual([
    ['the notebook’s', {}],
    ['the notebook’s', own],
    ['their own', { day: '2016-01-01' }],
    ['their own', { airports: [] }],
    ['their own', {}],
  ]);
  for (const [forms, code] of [
    [{ day: 'x' }, 'form-value'],
    [{ airports: ['LAX'] }, 'form-option'],
    [{ dya: 1 }, 'unknown-form'],
  ] as const)
    await expect(ask(forms, 'writers')).rejects.toMatchObject({ code });
  expect(asked.length).toBe(5);
});
