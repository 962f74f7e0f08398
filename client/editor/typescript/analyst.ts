/**
 * The page's side of the compiler: starts its worker when first asked, tells it the texts of all TypeScript paragraphs,
 * mounted or not, as they change, and pairs answers with questions. A compiler that breaks down is started once more.
 */
import type * as Y from 'yjs';
import { orderOf, paragraphMap, paragraphsOf, sourceOf } from '../../../server/protocol/document.ts';
import { type ParagraphId, parseId } from '../../../server/protocol/ids.ts';
import type { Analyst, Answers, FromCompiler, Kind, Question, ToCompiler } from './contract.ts';

export type WorkerLike = {
  postMessage(message: ToCompiler): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<FromCompiler>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
};

/** Once by itself: what breaks the compiler twice would break it again. */
const MOST_STARTS = 2;
/** Longer texts are data more than code: the compiler would be busy with them for seconds at each letter. */
const MOST_TEXT = 200_000;
/** What others type comes in bursts; what is shown of it may wait so long. */
const SETTLE_MS = 300;

type Waiting = { readonly resolve: (answer: Answers[Kind] | undefined) => void };

export type OwnAnalyst = Analyst & {
  /** How `forms` is declared from now on. */
  setForms(declaration: string): void;
};

export function createAnalyst(doc: Y.Doc, start: () => Promise<WorkerLike>): OwnAnalyst {
  const root = paragraphsOf(doc);
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<() => void>();
  const changed = new Set<ParagraphId>();
  let order: readonly ParagraphId[] = [];
  let isMoved = true;
  let forms: string | undefined;
  let areFormsTold = true;
  let worker: Promise<WorkerLike | undefined> | undefined;
  let running: WorkerLike | undefined;
  let starts = 0;
  let calls = 0;
  let closed = false;
  let settled: ReturnType<typeof setTimeout> | undefined;

  const isLong = (id: ParagraphId): boolean => (sourceOf(doc, id)?.length ?? 0) > MOST_TEXT;
  const isTypeScript = (id: ParagraphId): boolean => paragraphMap(doc, id)?.get('interpreter') === 'typescript';

  const observe = (events: Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    let isOurs = false;
    for (const { path } of events) {
      const id = parseId<ParagraphId>(path[0]);
      if (path.length < 2) {
        // The map of a paragraph, or of all: it decides which texts there are and where.
        isMoved = true;
        isOurs = true;
      } else if (id && path[1] === 'source') {
        changed.add(id);
        isOurs ||= isTypeScript(id);
      }
    }
    if (isOurs) settle();
  };
  function settle(): void {
    clearTimeout(settled);
    settled = setTimeout(() => {
      for (const listener of listeners) listener();
    }, SETTLE_MS);
  }

  /** Tells the worker what changed since it was last told. */
  function tell(to: WorkerLike): void {
    if (!areFormsTold && forms !== undefined) to.postMessage({ type: 'forms', declaration: forms });
    areFormsTold = true;
    if (isMoved) {
      const before = new Set(order);
      order = orderOf(doc).filter(isTypeScript);
      for (const id of order) if (!before.has(id)) changed.add(id);
      isMoved = false;
      to.postMessage({ type: 'order', order });
    }
    const known = new Set(order);
    const texts = [...changed].flatMap((id) =>
      known.has(id) ? [[id, isLong(id) ? '' : (sourceOf(doc, id)?.toString() ?? '')] as const] : [],
    );
    changed.clear();
    if (texts.length > 0) to.postMessage({ type: 'texts', texts });
  }

  function fail(): void {
    running?.terminate();
    running = undefined;
    worker = undefined;
    order = [];
    isMoved = true;
    areFormsTold = false;
    for (const { resolve } of waiting.values()) resolve(undefined);
    waiting.clear();
  }

  async function open(): Promise<WorkerLike | undefined> {
    const made = await start().catch(() => undefined);
    if (!made) {
      // Its file could not be fetched: the next question tries again.
      worker = undefined;
      return undefined;
    }
    starts += 1;
    if (closed) {
      made.terminate();
      return undefined;
    }
    made.onmessage = ({ data }) => {
      if (data.type === 'changed') {
        settle();
        return;
      }
      const call = waiting.get(data.call);
      waiting.delete(data.call);
      call?.resolve(data.type === 'answer' ? data.answer : undefined);
    };
    made.onerror = () => {
      if (running === made) fail();
    };
    running = made;
    return made;
  }

  root.observeDeep(observe);
  return {
    async ask<K extends Kind>(paragraph: ParagraphId, question: Extract<Question, { kind: K }>) {
      if (closed || (!worker && starts >= MOST_STARTS) || isLong(paragraph)) return undefined;
      worker ??= open();
      const to = await worker;
      if (!to || to !== running) return undefined;
      tell(to);
      calls += 1;
      const call = calls;
      const answer = new Promise<Answers[Kind] | undefined>((resolve) => waiting.set(call, { resolve }));
      to.postMessage({ type: 'ask', call, paragraph, question });
      // The answer to a question is of the question's kind.
      return (await answer) as Answers[K] | undefined;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setForms(declaration) {
      if (declaration === forms) return;
      forms = declaration;
      areFormsTold = false;
      settle();
    },
    close() {
      if (closed) return;
      closed = true;
      clearTimeout(settled);
      root.unobserveDeep(observe);
      listeners.clear();
      fail();
    },
  };
}
