/** What is fixed when runs are asked for: pure, from the paragraphs as written at that moment. */
import { type Json, type Paragraph, PROSE } from '../protocol/document.ts';
import type { NotebookId, ParagraphId, RequestId, RunId, SessionId } from '../protocol/ids.ts';
import type { RunSpec, Who } from '../protocol/runs.ts';
import type { RawValues } from './inputs.ts';

export type Ask = {
  readonly request: RequestId;
  /** All code paragraphs when absent. */
  readonly paragraphs?: readonly ParagraphId[];
  /** In the order in which they are named, not that of the notebook. */
  readonly ordered?: boolean;
  /** Those whose kept result is to be used instead; where one can't be, nothing runs. */
  readonly use?: ReadonlySet<ParagraphId>;
  /** Those that the asker may run, where that is not all. */
  readonly may?: (paragraph: ParagraphId) => boolean;
  readonly by: Who;
  /** Values of the notebook's forms; those that are absent have its own. */
  readonly forms?: RawValues;
};

export type Circumstances = {
  /** For the record. */
  readonly forms: Readonly<Record<string, Json>>;
  readonly notebook: NotebookId;
  readonly session: SessionId;
  readonly asked: number;
  readonly newRunId: () => RunId;
};

/** In notebook order, or as ordered, each paragraph once; prose, `run=never` and what does not exist (any more) are left out. */
export function specsOf(ask: Ask, paragraphs: readonly Paragraph[], where: Circumstances): readonly RunSpec[] {
  const chosen = ask.paragraphs && new Set(ask.paragraphs);
  const places = new Map(ask.ordered && chosen ? [...chosen].map((id, place) => [id, place] as const) : []);
  return paragraphs
    .filter(({ id }) => (chosen?.has(id) ?? true) && (ask.may?.(id) ?? true))
    .filter(({ interpreter, options }) => interpreter !== PROSE && options.run !== 'never')
    .toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0))
    .map(({ id, interpreter, source, name, options }) => ({
      id: where.newRunId(),
      notebook: where.notebook,
      paragraph: id,
      request: ask.request,
      session: where.session,
      by: ask.by,
      asked: where.asked,
      interpreter,
      source,
      ...(name === undefined ? {} : { name }),
      options,
      forms: where.forms,
    }));
}
