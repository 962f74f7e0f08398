/** The API's calls about the graph of a notebook, plans and costs; answers are parsed here. */
import type { Json } from '../../server/protocol/document.ts';
import type { Clash, Graph, GraphNode, Need, Store, StoreKind } from '../../server/protocol/graph/graph.ts';
import type { PlanStep } from '../../server/protocol/graph/plan.ts';
import type { Reason } from '../../server/protocol/graph/stale.ts';
import { type NotebookId, type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import { type Answer, call, json, record, string, time } from '../api.ts';

export type Finished = { readonly started: number; readonly ended: number };
/** `done`: the last run of each that was done, as the server knows it. */
export type ServedGraph = Graph & { readonly done: ReadonlyMap<ParagraphId, Finished> };

export type CostLine = {
  readonly by: { readonly id: string; readonly name: string } | undefined;
  readonly runs: number;
  readonly cpuMs: number;
  readonly read: number | undefined;
  readonly rows: number;
};
export type Costs = {
  readonly since: number | undefined;
  readonly all: CostLine;
  readonly people: readonly CostLine[];
};

export const readGraph = (notebook: NotebookId, signal: AbortSignal): Promise<Answer<ServedGraph>> =>
  call(`/notebooks/${notebook}/graph`, { signal }, (value) => {
    const { nodes, clashes, cycles, whole } = record(value);
    if (!Array.isArray(nodes)) return undefined;
    const parsed = nodes.flatMap((node) => parseNode(node) ?? []);
    return {
      nodes: parsed.map(({ node }) => node),
      clashes: list(clashes).flatMap((one) => parseClash(one) ?? []),
      cycles: list(cycles).map(ids),
      whole: whole === true,
      done: new Map(parsed.flatMap(({ node, done }) => (done ? [[node.id, done] as const] : []))),
    };
  });

/** A result that a run now would give again; when it was made, and by whom. */
export type KeptResult = { readonly at: number; readonly by: string };
/** `kept`: what it would give again, if those of the steps before it are used as well. */
export type ServedStep = PlanStep & { readonly kept?: KeptResult };

/** Of these paragraphs, those whose kept result a run with these values would give again. */
export const readKept = (
  notebook: NotebookId,
  paragraphs: readonly ParagraphId[],
  forms: Readonly<Record<string, Json>> | undefined,
  signal: AbortSignal,
): Promise<Answer<ReadonlyMap<ParagraphId, KeptResult>>> =>
  call(
    `/notebooks/${notebook}/kept`,
    { ...json('POST', { paragraphs, ...(forms ? { forms } : {}) }), signal },
    (value) => {
      const { items } = record(value);
      if (!Array.isArray(items)) return undefined;
      return new Map(
        items.flatMap((item) => {
          const id = parseId<ParagraphId>(record(item).paragraph);
          const kept = parseKept(item);
          return id && kept ? [[id, kept] as const] : [];
        }),
      );
    },
  );

/** Of these with what they need, or of all that is stale. */
export const readPlan = (
  notebook: NotebookId,
  paragraphs: readonly ParagraphId[] | undefined,
  forms: Readonly<Record<string, Json>> | undefined,
): Promise<Answer<readonly ServedStep[]>> =>
  call(
    `/notebooks/${notebook}/plan`,
    json('POST', { ...(paragraphs ? { paragraphs } : {}), ...(forms ? { forms } : {}) }),
    (value) => {
      const { steps } = record(value);
      return Array.isArray(steps) ? steps.flatMap((step) => parseStep(step) ?? []) : undefined;
    },
  );

export const readCosts = (notebook: NotebookId): Promise<Answer<Costs>> =>
  call(`/notebooks/${notebook}/costs`, {}, (value) => {
    const { since, all, people } = record(value);
    return { since: time(since), all: parseCost(all), people: list(people).map(parseCost) };
  });

function parseNode(value: unknown): { readonly node: GraphNode; readonly done: Finished | undefined } | undefined {
  const { id, reads, writes, needs, sure, varies, done } = record(value);
  const parsed = parseId<ParagraphId>(id);
  if (!parsed) return undefined;
  const { started, ended } = record(done);
  const [from, to] = [time(started), time(ended)];
  const why = string(varies);
  return {
    node: {
      id: parsed,
      reads: stores(reads),
      writes: stores(writes),
      needs: list(needs).flatMap((need) => parseNeed(need) ?? []),
      sure: sure === true,
      ...(why === undefined ? {} : { varies: why }),
    },
    done: from === undefined || to === undefined ? undefined : { started: from, ended: to },
  };
}

function parseNeed(value: unknown): Need | undefined {
  const paragraph = parseId<ParagraphId>(record(value).paragraph);
  const store = parseStore(value);
  return paragraph && store && { paragraph, store };
}

function parseClash(value: unknown): Clash | undefined {
  const store = parseStore(record(value).store);
  return store && { store, paragraphs: ids(record(value).paragraphs) };
}

const KINDS: readonly StoreKind[] = ['table', 'file', 'variable', 'form', 'settings'];

function parseStore(value: unknown): Store | undefined {
  const { kind, name } = record(value);
  const known = KINDS.find((one) => one === kind);
  return known && typeof name === 'string' ? { kind: known, name } : undefined;
}

function parseKept(value: unknown): KeptResult | undefined {
  const { at, by } = record(value);
  const when = time(at);
  const name = string(record(by).name);
  return when === undefined || name === undefined ? undefined : { at: when, by: name };
}

function parseStep(value: unknown): ServedStep | undefined {
  const { paragraph, because, reasons, took, kept } = record(value);
  const reuse = parseKept(kept);
  const id = parseId<ParagraphId>(paragraph);
  if (!id) return undefined;
  return {
    paragraph: id,
    because: because === 'asked' || because === 'missing' ? because : 'stale',
    reasons: list(reasons).flatMap((one) => parseReason(one) ?? []),
    ...(typeof took === 'number' ? { took } : {}),
    ...(reuse ? { kept: reuse } : {}),
  };
}

function parseReason(value: unknown): Reason | undefined {
  const { why, form, paragraph, store, at } = record(value);
  if (why === 'text') return { why };
  if (why === 'form') return typeof form === 'string' ? { why, form } : undefined;
  const of = parseId<ParagraphId>(paragraph);
  const what = parseStore(store);
  if (!of || !what) return undefined;
  const when = time(at);
  if (why === 'ran' && when !== undefined) return { why, paragraph: of, store: what, at: when };
  return why === 'behind' ? { why, paragraph: of, store: what } : undefined;
}

function parseCost(value: unknown): CostLine {
  const { by, runs, cpuMs, read, rows } = record(value);
  const { id, name } = record(by);
  return {
    by: typeof id === 'string' && typeof name === 'string' ? { id, name } : undefined,
    runs: number(runs),
    cpuMs: number(cpuMs),
    read: typeof read === 'number' ? read : undefined,
    rows: number(rows),
  };
}

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const stores = (value: unknown): readonly Store[] => list(value).flatMap((one) => parseStore(one) ?? []);
const ids = (value: unknown): readonly ParagraphId[] => list(value).flatMap((one) => parseId<ParagraphId>(one) ?? []);
