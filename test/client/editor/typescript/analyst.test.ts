import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { createAnalyst, type OwnAnalyst, type WorkerLike } from '../../../../client/editor/typescript/analyst.ts';
import type { ToCompiler } from '../../../../client/editor/typescript/contract.ts';
import {
  deleteParagraph,
  insertParagraph,
  moveParagraph,
  setInterpreter,
  sourceOf,
} from '../../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';

const id = (name: string): ParagraphId => name as ParagraphId;

/** Answers each question with the texts as it was told them, in order. */
function fakeWorker(): WorkerLike & { readonly told: ToCompiler[]; terminated: boolean; silent: boolean } {
  const texts = new Map<ParagraphId, string>();
  let order: readonly ParagraphId[] = [];
  let forms = '';
  return {
    told: [],
    terminated: false,
    silent: false,
    onmessage: null,
    onerror: null,
    postMessage(message) {
      this.told.push(message);
      if (message.type === 'order') order = message.order;
      else if (message.type === 'texts') for (const [key, text] of message.texts) texts.set(key, text);
      else if (message.type === 'forms') forms = message.declaration;
      else if (message.type === 'ask' && !this.silent) {
        const code = order.map((each) => `${each}: ${texts.get(each)}`).join('\n') + forms;
        const answer = { code, text: '', start: 0, end: 0 };
        queueMicrotask(() =>
          this.onmessage?.({ data: { type: 'answer', call: message.call, answer } } as MessageEvent),
        );
      }
    },
    terminate() {
      this.terminated = true;
    },
  };
}

let doc: Y.Doc;
let workers: ReturnType<typeof fakeWorker>[];
let analyst: OwnAnalyst;

beforeEach(() => {
  vi.useFakeTimers();
  doc = new Y.Doc();
  let last: ParagraphId | undefined;
  for (const [name, interpreter, source] of [
    ['a', 'typescript', 'one'],
    ['b', 'sql', 'select 1'],
    ['c', 'typescript', 'three'],
  ] as const) {
    insertParagraph(doc, { id: id(name), interpreter, source, options: {} }, last);
    last = id(name);
  }
  workers = [];
  analyst = createAnalyst(doc, async () => {
    const worker = fakeWorker();
    workers.push(worker);
    return worker;
  });
});
afterEach(() => {
  analyst.close();
  vi.useRealTimers();
});

const known = async (): Promise<string | undefined> => (await analyst.ask(id('a'), { kind: 'hover', offset: 0 }))?.code;

describe('the analyst', () => {
  it('tells how forms are declared when it is asked next, and again to a compiler that is new', async () => {
    let changes = 0;
    analyst.onChange(() => {
      changes += 1;
    });
    analyst.setForms(' forms!');
    expect(await known()).toBe('a: one\nc: three forms!');
    await vi.runAllTimersAsync();
    expect(changes).toBe(1);
    await known();
    expect(workers[0]?.told.filter(({ type }) => type === 'forms')).toHaveLength(1);
    workers[0]?.onerror?.({} as ErrorEvent);
    expect(await known()).toBe('a: one\nc: three forms!');
  });

  it('starts no compiler before it is asked, and one for all', async () => {
    sourceOf(doc, 'a')?.insert(0, 'x');
    expect(workers).toHaveLength(0);
    expect(await Promise.all([known(), known()])).toEqual(['a: xone\nc: three', 'a: xone\nc: three']);
    expect(workers).toHaveLength(1);
  });

  it('tells all TypeScript paragraphs in their order, and afterwards only what changed', async () => {
    await known();
    const { told } = workers[0]!;
    told.length = 0;
    await known();
    expect(told.map(({ type }) => type)).toEqual(['ask']);
    sourceOf(doc, 'c')?.insert(0, 'twenty-');
    sourceOf(doc, 'b')?.insert(0, '-- ');
    expect(await known()).toBe('a: one\nc: twenty-three');
    expect(told.filter(({ type }) => type !== 'ask')).toEqual([{ type: 'texts', texts: [['c', 'twenty-three']] }]);
  });

  it('follows moves, deletions, new paragraphs and changes of the interpreter', async () => {
    await known();
    moveParagraph(doc, id('c'), undefined);
    expect(await known()).toBe('c: three\na: one');
    insertParagraph(doc, { id: id('d'), interpreter: 'typescript', source: 'four', options: {} }, id('a'));
    setInterpreter(doc, id('b'), 'typescript');
    expect(await known()).toBe('c: three\na: one\nd: four\nb: select 1');
    deleteParagraph(doc, id('a'), { by: 'Grace', at: 0 });
    setInterpreter(doc, id('c'), 'sql');
    expect(await known()).toBe('d: four\nb: select 1');
    sourceOf(doc, 'c')?.insert(0, 'twenty-');
    setInterpreter(doc, id('c'), 'typescript');
    expect(await known()).toBe('c: twenty-three\nd: four\nb: select 1');
  });

  it('says once a burst of changes is over, and nothing of other languages', () => {
    const listener = vi.fn();
    const release = analyst.onChange(listener);
    sourceOf(doc, 'b')?.insert(0, '-- ');
    vi.advanceTimersByTime(1_000);
    expect(listener).not.toHaveBeenCalled();
    for (const letter of 'word') sourceOf(doc, 'a')?.insert(0, letter);
    vi.advanceTimersByTime(1_000);
    expect(listener).toHaveBeenCalledTimes(1);
    release();
    moveParagraph(doc, id('c'), undefined);
    vi.advanceTimersByTime(1_000);
    expect(listener).toHaveBeenCalledTimes(1);
  });

  it('leaves a text out that is too long to be code, and says nothing about it', async () => {
    sourceOf(doc, 'c')?.insert(0, 'x'.repeat(200_001));
    expect(await known()).toBe('a: one\nc: ');
    expect(await analyst.ask(id('c'), { kind: 'hover', offset: 0 })).toBeUndefined();
    expect(await analyst.ask(id('c'), { kind: 'check' })).toBeUndefined();
  });

  it('starts a broken compiler once more, and then goes without', async () => {
    await known();
    for (const [broken, after] of [
      [0, 'a: one\nc: three'],
      [1, undefined],
    ] as const) {
      const worker = workers[broken]!;
      worker.silent = true;
      const waiting = known();
      await Promise.resolve();
      worker.onerror?.(new Event('error') as ErrorEvent);
      expect(await waiting).toBeUndefined();
      expect(worker.terminated).toBe(true);
      expect(await known()).toBe(after);
    }
    expect(workers).toHaveLength(2);
  });

  it('takes the worker along when the notebook is closed', async () => {
    await known();
    analyst.close();
    expect(workers[0]?.terminated).toBe(true);
    expect(await known()).toBeUndefined();
    expect(workers).toHaveLength(1);
  });
});
