import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { followTables } from '../../../client/editor/tables.ts';
import type { LiveEvent, SaveState } from '../../../client/live/contract.ts';
import { deleteParagraph, insertParagraph, setName, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId, PersonId, RunId } from '../../../server/protocol/ids.ts';
import type { SessionTable } from '../../../server/protocol/messages.ts';

const id = 'a' as ParagraphId;
let doc: Y.Doc;
let listener: ((event: LiveEvent) => void) | undefined;
let answers: ((tables: readonly SessionTable[]) => void)[];
let told: (readonly string[])[];
let release: () => void;
let save: SaveState;

beforeEach(() => {
  vi.useFakeTimers();
  doc = new Y.Doc();
  insertParagraph(doc, { id, interpreter: 'sql', source: 'select 1', options: {} }, undefined);
  answers = [];
  told = [];
  save = { state: 'saved' };
  const live = {
    doc,
    get save() {
      return save;
    },
    on: (added: (event: LiveEvent) => void) => {
      listener = added;
      return () => {
        listener = undefined;
      };
    },
    tables: () => new Promise<readonly SessionTable[]>((resolve) => answers.push(resolve)),
  };
  release = followTables(live, (tables) => told.push(tables.map(({ name }) => name)));
});
afterEach(() => {
  release();
  vi.useRealTimers();
});

async function answer(...names: readonly string[]): Promise<void> {
  answers.shift()?.(names.map((name) => ({ name, source: 'named', columns: [] })));
  await vi.advanceTimersByTimeAsync(0);
}
const phase = { state: 'done', started: 1, ended: 2 } as const;
const ended: LiveEvent = { type: 'run', events: [{ type: 'ended', id: 'r' as RunId, phase }] };

it('asks at once, and within a second of the end of a run, once for several', async () => {
  await answer('flights');
  expect(told).toEqual([['flights']]);
  listener?.({ type: 'run', events: [{ type: 'started', id: 'r' as RunId, at: 1 }] });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(answers).toHaveLength(0);
  listener?.(ended);
  listener?.(ended);
  await vi.advanceTimersByTimeAsync(900);
  expect(answers).toHaveLength(1);
  await answer('flights', 'late');
  expect(told.at(-1)).toEqual(['flights', 'late']);
});

it('asks again after an answer that was under way when a run ended', async () => {
  listener?.(ended);
  await vi.advanceTimersByTimeAsync(900);
  expect(answers).toHaveLength(1);
  await answer('old');
  expect(answers).toHaveLength(1);
  await answer('new');
  expect(told).toEqual([['old'], ['new']]);
});

it('asks when a paragraph is named or deleted, and not when somebody writes', async () => {
  await answer();
  sourceOf(doc, id)?.insert(0, '-- ');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(answers).toHaveLength(0);
  setName(doc, id, 'flights', {});
  await vi.advanceTimersByTimeAsync(900);
  await answer('flights');
  deleteParagraph(doc, id, { by: 'Ann' as PersonId, at: 1 }, {});
  await vi.advanceTimersByTimeAsync(900);
  expect(answers).toHaveLength(1);
});

it('takes a lost line for no answer, and asks again when it is back', async () => {
  await answer('flights');
  save = { state: 'offline', unsent: 0, keeping: 'here', retryAt: 1 };
  listener?.(ended);
  await vi.advanceTimersByTimeAsync(900);
  await answer();
  expect(told).toEqual([['flights']]);
  save = { state: 'saved' };
  listener?.({ type: 'runs', runs: [] });
  await vi.advanceTimersByTimeAsync(900);
  await answer('flights');
  expect(told).toEqual([['flights'], ['flights']]);
});

it('says nothing after its release', async () => {
  release();
  expect(listener).toBeUndefined();
  await answer('flights');
  expect(told).toEqual([]);
});
