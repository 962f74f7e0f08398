/** Asks for a notebook as it is published to the caller; the answer is parsed here. */
import { type NotebookId, type ParagraphId, parseId, type RunId } from '../../server/protocol/ids.ts';
import type { Output } from '../../server/protocol/outputs.ts';
import { type Role, roleOf } from '../../server/protocol/roles.ts';
import type { Run, RunPhase } from '../../server/protocol/runs.ts';
import { type Answer, call, record, string, time } from '../api.ts';
import { asking } from '../standing.ts';

/** Of a run what one is told who sees only what it shows. */
export type PublishedRun = Pick<Run, 'id' | 'phase' | 'outputs'>;

export type PublishedParagraph = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  readonly source: string | undefined;
  readonly chart: unknown;
  readonly download: boolean;
  readonly run: PublishedRun | undefined;
};

export type Published = {
  readonly title: string;
  /** Of whoever it is shown to. */
  readonly role: Role;
  /** The notebook itself may be opened. */
  readonly whole: boolean;
  readonly paragraphs: readonly PublishedParagraph[];
};

export const readPublished = (id: NotebookId, signal: AbortSignal): Promise<Answer<Published>> =>
  call(`/notebooks/${id}/published`, { signal, cache: 'no-store', ...asking() }, (value) => {
    const { title, role, whole, paragraphs } = record(value);
    if (!Array.isArray(paragraphs)) return undefined;
    return {
      title: string(title) ?? '',
      role: roleOf(role) ?? 'reader',
      whole: whole === true,
      paragraphs: paragraphs.flatMap((paragraph) => parseParagraph(paragraph) ?? []),
    };
  });

function parseParagraph(value: unknown): PublishedParagraph | undefined {
  const { id, interpreter, source, chart, download, run } = record(value);
  const parsed = parseId<ParagraphId>(id);
  if (!parsed || typeof interpreter !== 'string') return undefined;
  return {
    id: parsed,
    interpreter,
    source: typeof source === 'string' ? source : undefined,
    chart,
    download: download === true,
    run: parseRun(run),
  };
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
  const { id, state, started, ended, outputs } = record(value);
  const parsed = parseId<RunId>(id);
  const to = time(ended);
  if (!parsed || !Array.isArray(outputs) || to === undefined) return undefined;
  const from = time(started) ?? to;
  const phase: RunPhase | undefined =
    state === 'done' || state === 'failed'
      ? { state, started: from, ended: to }
      : state === 'cancelled' || state === 'lost'
        ? { state, started: from, ended: to, reason: state === 'lost' ? 'process-gone' : 'asked' }
        : undefined;
  // What the server sends of an output is what it says: it was made by the same types.
  const known = outputs.filter((output): output is Output => KINDS.has(record(output).kind));
  return phase && { id: parsed, phase, outputs: known };
}
