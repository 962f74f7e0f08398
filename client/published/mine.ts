/** Of a paragraph as it is published, what its page shows of the viewer's own runs: pure. */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { ErrorOutput, Output } from '../../server/protocol/outputs.ts';
import { isEnded, type RunPhase } from '../../server/protocol/runs.ts';
import { choiceOf } from '../notebook/interpreters.ts';
import type { OwnRun, OwnSession, Published, PublishedParagraph, PublishedRun } from './calls.ts';

export type Standing = {
  readonly run: PublishedRun;
  /** It is of before: a run of one's own is under way and has shown nothing yet. */
  readonly dimmed: boolean;
  readonly own: boolean;
};

export const isUnderWay = (run: Pick<OwnRun, 'phase'> | undefined): run is OwnRun =>
  run !== undefined && !isEnded(run.phase);

/** What stands below a paragraph. */
export function standing({ run, own, mine }: PublishedParagraph): Standing | undefined {
  const running = mine?.phase.state === 'running' ? mine : undefined;
  if (running && running.outputs.length > 0) return { run: running, dimmed: false, own: true };
  return run && { run, dimmed: running !== undefined, own };
}

/** What its button tells, of their own alone: it asks to be pressed until they did. `asked`: a run is on its way to the server. */
export function phaseOf({ mine }: Pick<PublishedParagraph, 'mine'>, asked: boolean): RunPhase | undefined {
  return asked && !isUnderWay(mine) ? { state: 'queued' } : mine?.phase;
}

/** Their own that wait or run, in the order asked for. */
export const underWay = ({ paragraphs }: Pick<Published, 'paragraphs'>): readonly OwnRun[] =>
  paragraphs.flatMap(({ mine }) => (isUnderWay(mine) ? [mine] : [])).sort((a, b) => a.asked - b.asked);

/** Those that they may run, and that this page knows how to, in order. */
export const runnable = ({ paragraphs }: Pick<Published, 'paragraphs'>): readonly ParagraphId[] =>
  paragraphs.filter(({ runs, interpreter }) => runs && choiceOf(interpreter)?.runs === true).map(({ id }) => id);

/** Its number among the paragraphs of code that are shown; 0 of one that is not. */
export const placeOf = (paragraphs: readonly PublishedParagraph[], id: ParagraphId): number =>
  paragraphs.filter(({ interpreter }) => interpreter !== 'markdown').findIndex((one) => one.id === id) + 1;

/** Where the code is hidden an error says which paragraph it was, and by what others can find it. */
export function told<R extends PublishedRun>(run: R, message: (reference: string) => string): R {
  if (!run.outputs.some(isBare)) return run;
  const outputs = run.outputs.map((output) => (isBare(output) ? { ...output, message: message(run.id) } : output));
  return { ...run, outputs };
}

const isBare = (output: Output): output is ErrorOutput => output.kind === 'error' && output.code === 'paragraph-failed';

/** Whether a run of one's own may have lacked what paragraphs above make, which did not run in one's session. */
export function lacksAbove(paragraphs: readonly PublishedParagraph[], id: ParagraphId): boolean {
  const at = paragraphs.findIndex((one) => one.id === id);
  if (paragraphs[at]?.mine?.phase.state !== 'failed') return false;
  return paragraphs.slice(0, at).some(({ runs, mine }) => runs && mine?.phase.state !== 'done');
}

/** What the page says of their own session. */
export type Note =
  | { readonly at: 'none' }
  | { readonly at: 'own'; readonly session: OwnSession }
  /** They asked for what is published. */
  | { readonly at: 'leaving' }
  /** `idle`: as nothing was run for so many minutes; else it was ended earlier. */
  | { readonly at: 'ended'; readonly idle: number | undefined };

/** Clocks of server and page differ a little. */
const CLOCKS_MS = 5_000;

export function noteAfter(before: Note, { session }: Pick<Published, 'session'>, now: number): Note {
  if (session) return before.at === 'leaving' ? before : { at: 'own', session };
  if (before.at !== 'own') return before.at === 'ended' ? before : { at: 'none' };
  const { minutes, until } = before.session;
  return { at: 'ended', idle: until !== undefined && now >= until - CLOCKS_MS ? minutes : undefined };
}
