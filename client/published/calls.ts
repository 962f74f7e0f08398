/** A notebook as it is published to the caller, and runs of their own; answers are parsed here. */
import type { Json } from '../../server/protocol/document.ts';
import { type NotebookId, type ParagraphId, parseId, type RunId } from '../../server/protocol/ids.ts';
import type { Output } from '../../server/protocol/outputs.ts';
import { type Layout, PLACES, type Place, readLayout, spanOf } from '../../server/protocol/report/layout.ts';
import { type Role, roleOf } from '../../server/protocol/roles.ts';
import { type EndReason, isEnded, type Progress, type Run, type RunPhase } from '../../server/protocol/runs.ts';
import { type Answer, call, callAgain, json, record, string, type Tagged, time } from '../api.ts';
import { asking } from '../standing.ts';

/** Of a run what one is told who sees only what it shows. */
export type PublishedRun = Pick<Run, 'id' | 'phase' | 'outputs'>;
export type OwnRun = Pick<Run, 'id' | 'asked' | 'phase' | 'outputs'>;

export type PublishedParagraph = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  readonly place: Place;
  readonly span: number;
  readonly source: string | undefined;
  readonly chart: unknown;
  readonly table: unknown;
  readonly download: boolean;
  /** Whether they may run it. */
  readonly runs: boolean;
  readonly run: PublishedRun | undefined;
  /** What stands there is of their own session. */
  readonly own: boolean;
  /** The newest run of their own; with outputs while it runs. */
  readonly mine: OwnRun | undefined;
};

/** Their own, once they ran something. */
export type OwnSession = {
  /** So long it is kept without a run. */
  readonly minutes: number;
  /** Undefined while something runs. */
  readonly until: number | undefined;
};

export type Published = {
  readonly title: string;
  /** Of whoever it is shown to. */
  readonly role: Role;
  /** The notebook itself may be opened. */
  readonly whole: boolean;
  readonly session: OwnSession | undefined;
  /** As a report. */
  readonly layout: Layout;
  readonly paragraphs: readonly PublishedParagraph[];
};

export const readPublished = (id: NotebookId, signal: AbortSignal): Promise<Answer<Published>> =>
  call(`/notebooks/${id}/published`, { signal, cache: 'no-store', ...asking() }, parsePublished);

/** `before`: what came last, which comes again where nothing changed. */
export const readAgain = (
  id: NotebookId,
  before: Tagged<Published> | undefined,
  signal: AbortSignal,
): Promise<Answer<Tagged<Published>>> =>
  callAgain(`/notebooks/${id}/published`, { signal, cache: 'no-store', ...asking() }, parsePublished, before);

function parsePublished(value: unknown): Published | undefined {
  const { title, role, whole, session, layout, paragraphs } = record(value);
  if (!Array.isArray(paragraphs)) return undefined;
  return {
    title: string(title) ?? '',
    role: roleOf(role) ?? 'reader',
    whole: whole === true,
    session: parseSession(session),
    layout: readLayout(Object.entries(record(layout)) as readonly (readonly [string, Json])[]),
    paragraphs: paragraphs.flatMap((paragraph) => parseParagraph(paragraph) ?? []),
  };
}

function parseParagraph(value: unknown): PublishedParagraph | undefined {
  const { id, interpreter, place, span, source, chart, table, download, runs, run, own, mine } = record(value);
  const parsed = parseId<ParagraphId>(id);
  if (!parsed || typeof interpreter !== 'string') return undefined;
  return {
    id: parsed,
    interpreter,
    place: PLACES.find((one) => one === place) ?? 'across',
    span: spanOf({ span }),
    source: typeof source === 'string' ? source : undefined,
    chart,
    table,
    download: download === true,
    runs: runs === true,
    run: parseRun(run),
    own: own === true,
    mine: parseOwnRun(mine),
  };
}

function parseSession(value: unknown): OwnSession | undefined {
  const { minutes, until } = record(value);
  return typeof minutes === 'number' ? { minutes, until: time(until) } : undefined;
}

const KINDS: ReadonlySet<unknown> = new Set<Output['kind']>([
  'text',
  'table',
  'error',
  'html',
  'markdown',
  'image',
  'chart',
]);

function parseRun(value: unknown): PublishedRun | undefined {
  const id = parseId<RunId>(record(value).id);
  const phase = parsePhase(value);
  const outputs = parseOutputs(value);
  return id && outputs && phase && isEnded(phase) ? { id, phase, outputs } : undefined;
}

function parseOwnRun(value: unknown): OwnRun | undefined {
  const id = parseId<RunId>(record(value).id);
  const asked = time(record(value).asked);
  const phase = parsePhase(value);
  const outputs = parseOutputs(value);
  return id && phase && outputs && asked !== undefined ? { id, asked, phase, outputs } : undefined;
}

/** What the server sends of an output is what it says: it was made by the same types. */
export function parseOutputs(value: unknown): readonly Output[] | undefined {
  const { outputs } = record(value);
  if (!Array.isArray(outputs)) return undefined;
  return outputs.filter((output): output is Output => KINDS.has(record(output).kind));
}

const REASONS: ReadonlySet<unknown> = new Set<EndReason>([
  'after-failure',
  'asked',
  'deleted',
  'process-gone',
  'memory-limit',
  'time-limit',
  'output-limit',
  'disk-limit',
]);
const isReason = (value: unknown): value is EndReason => REASONS.has(value);

export function parsePhase(value: unknown): RunPhase | undefined {
  const { state, reason, waiting, progress, started, ended } = record(value);
  const from = time(started);
  const to = time(ended);
  const why = isReason(reason) ? reason : undefined;
  if (state === 'queued') return typeof waiting === 'string' ? { state, waiting } : { state };
  if (state === 'running') return from === undefined ? undefined : { state, started: from, ...parseProgress(progress) };
  if (to === undefined) return undefined;
  switch (state) {
    case 'done':
      return { state, started: from ?? to, ended: to };
    case 'failed':
      return { state, started: from ?? to, ended: to, ...(why ? { reason: why } : {}) };
    case 'cancelled':
    case 'lost': {
      const began = from === undefined ? {} : { started: from };
      return { state, ...began, ended: to, reason: why ?? (state === 'lost' ? 'process-gone' : 'asked') };
    }
    default:
      return undefined;
  }
}

function parseProgress(value: unknown): { readonly progress?: Progress } {
  const { fraction, rows } = record(value);
  if (typeof fraction !== 'number' && typeof rows !== 'number') return {};
  return {
    progress: { ...(typeof fraction === 'number' ? { fraction } : {}), ...(typeof rows === 'number' ? { rows } : {}) },
  };
}

/** What was asked for, in notebook order; without paragraphs, what is not of these values of forms. */
export const askRuns = (
  id: NotebookId,
  paragraphs: readonly ParagraphId[] | undefined,
  forms: Readonly<Record<string, Json>> | undefined,
): Promise<Answer<readonly RunId[]>> =>
  call(
    `/notebooks/${id}/runs`,
    asked(json('POST', { ...(paragraphs && { paragraphs }), ...(forms && { forms }) })),
    (value) => {
      const { runs } = record(value);
      return Array.isArray(runs) ? runs.flatMap((run) => parseId<RunId>(record(run).id) ?? []) : undefined;
    },
  );

/** By whoever the page asks as. */
function asked({ headers, ...init }: RequestInit): RequestInit {
  const standing = asking();
  return { ...init, ...standing, headers: { ...(headers as Record<string, string>), ...standing.headers } };
}

export const stopRun = (run: RunId): Promise<Answer<true>> =>
  call(`/runs/${run}`, { method: 'DELETE' }, (value) => (record(value).id === run ? true : undefined));

/** All of their own. */
export const stopRuns = (id: NotebookId): Promise<Answer<true>> =>
  call(`/notebooks/${id}/runs`, { method: 'DELETE' }, () => true);

/** Their own session, and what came of it, goes. */
export const endSession = (id: NotebookId): Promise<Answer<true>> =>
  call(`/notebooks/${id}/session`, { method: 'DELETE' }, () => true);
