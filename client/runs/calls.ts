/** The API's calls about the runs of a paragraph; answers are parsed here. */
import type { Json } from '../../server/protocol/document.ts';
import { type NotebookId, type ParagraphId, type PersonId, parseId, type RunId } from '../../server/protocol/ids.ts';
import type { Run } from '../../server/protocol/runs.ts';
import { type Answer, call, type Page, record, string, time } from '../api.ts';
import { parseOutputs, parsePhase } from '../published/calls.ts';
import type { EarlierRun } from './earlier.ts';

/** A screen holds a dozen, and a paragraph keeps a hundred. */
const PAGE = 50;

/** Newest first, with the values of their forms. */
export function listRuns(
  notebook: NotebookId,
  paragraph: ParagraphId,
  cursor: string | undefined,
  signal: AbortSignal,
): Promise<Answer<Page<EarlierRun>>> {
  const search = new URLSearchParams({ paragraph, values: 'true', limit: String(PAGE) });
  if (cursor !== undefined) search.set('cursor', cursor);
  return call(`/notebooks/${notebook}/runs?${search}`, { signal, cache: 'no-store' }, (value) => {
    const { items, next } = record(value);
    if (!Array.isArray(items)) return undefined;
    return { items: items.flatMap((item) => parseRun(item) ?? []), next: string(next) };
  });
}

export type WholeRun = Pick<Run, 'id' | 'phase' | 'outputs' | 'source'>;

/** With all that is kept of its outputs. */
export const readRun = (id: RunId, signal: AbortSignal): Promise<Answer<WholeRun>> =>
  call(`/runs/${id}`, { signal, cache: 'no-store' }, (value) => {
    const phase = parsePhase(value);
    const outputs = parseOutputs(value);
    return phase && outputs && { id, phase, outputs, source: string(record(value).source) ?? '' };
  });

function parseRun(item: unknown): EarlierRun | undefined {
  const { id, by, asked, forms, own, gone, from } = record(item);
  const parsed = parseId<RunId>(id);
  const phase = parsePhase(item);
  const at = time(asked);
  if (!parsed || !phase || at === undefined) return undefined;
  const { id: person, name } = record(by);
  const usedOf = time(record(from).at);
  return {
    id: parsed,
    by: { id: (string(person) ?? '') as PersonId, name: string(name) ?? '' },
    asked: at,
    phase,
    forms: record(forms) as Readonly<Record<string, Json>>,
    own: own === true,
    gone: gone === true,
    ...(usedOf === undefined ? {} : { usedOf }),
  };
}
