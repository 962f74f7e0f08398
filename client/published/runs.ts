/**
 * Runs of one's own on the page of a link: asked for and stopped by calls, seen by looking again. What is pressed shows at
 * once, before the server has answered; whatever comes of it is what the server says.
 */
import { type Accessor, createEffect, createSignal, on } from 'solid-js';
import type { Json } from '../../server/protocol/document.ts';
import type { NotebookId, ParagraphId, RunId } from '../../server/protocol/ids.ts';
import type { RunPhase } from '../../server/protocol/runs.ts';
import type { Problem } from '../api.ts';
import type { Toasts } from '../parts/toasts.tsx';
import { words } from '../words/en.ts';
import { published as words_ } from '../words/published.ts';
import { askRuns, endSession, type PublishedParagraph, stopRun, stopRuns } from './calls.ts';
import type { Look } from './look.ts';
import { isUnderWay, type Note, noteAfter, phaseOf, underWay } from './mine.ts';

export type OwnRuns = {
  /** Something of theirs waits or runs, or is on its way to the server. */
  readonly busy: Accessor<boolean>;
  readonly note: Accessor<Note>;
  phase(paragraph: PublishedParagraph): RunPhase | undefined;
  isBusy(paragraph: PublishedParagraph): boolean;
  isStopping(paragraph: PublishedParagraph): boolean;
  /** Without paragraphs what is not of the viewer's values of forms. */
  run(paragraphs?: readonly ParagraphId[]): void;
  stop(paragraph: PublishedParagraph): void;
  stopAll(): void;
  /** Back to what is published. */
  leave(): void;
  /** The note was read. */
  dismiss(): void;
};

export function createOwnRuns(on_: {
  readonly id: NotebookId;
  readonly look: Pick<Look, 'published' | 'again'>;
  readonly toasts: Pick<Toasts, 'show'>;
  /** Values of forms that are not the notebook's own. */
  readonly values: () => Readonly<Record<string, Json>> | undefined;
}): OwnRuns {
  const { id, look, toasts, values } = on_;
  const [asked, setAsked] = createSignal<ReadonlySet<ParagraphId>>(new Set());
  const [stopping, setStopping] = createSignal<ReadonlySet<RunId>>(new Set());
  const [note, setNote] = createSignal<Note>({ at: 'none' });
  /** Stopped before the server had said which runs they are. */
  const [unwanted, setUnwanted] = createSignal<ReadonlySet<ParagraphId>>(new Set());

  createEffect(
    on(look.published, (published) => {
      if (!published) return;
      setNote((before) => noteAfter(before, published, Date.now()));
      const now = new Set(underWay(published).map((run) => run.id));
      setStopping((before) => without(before, (run) => !now.has(run)));
    }),
  );
  const running = (): ReturnType<typeof underWay> => underWay(look.published() ?? { paragraphs: [] });
  const say = (text: string, { message, hint = '' }: Problem): void =>
    void toasts.show({ text, hint: `${message} ${hint}`.trim(), tone: 'bad' });

  async function run(paragraphs: readonly ParagraphId[] | undefined): Promise<void> {
    if (paragraphs?.length === 0) return;
    const these = new Set(paragraphs);
    setAsked((before) => new Set([...before, ...these]));
    setNote((before) => (before.at === 'ended' ? { at: 'none' } : before));
    const answer = await askRuns(id, paragraphs, values());
    if (!answer.ok) say(words.runs.refused, answer.problem);
    await look.again();
    setAsked((before) => without(before, (one) => these.has(one)));
    const stopped = unwanted();
    setUnwanted((before) => without(before, (one) => these.has(one)));
    for (const { id: paragraph, mine } of look.published()?.paragraphs ?? [])
      if (these.has(paragraph) && stopped.has(paragraph) && isUnderWay(mine)) void stop(mine.id);
  }
  async function stop(run: RunId): Promise<void> {
    setStopping((before) => new Set([...before, run]));
    const answer = await stopRun(run);
    if (!answer.ok && answer.problem.code !== 'not-found') {
      setStopping((before) => without(before, (one) => one === run));
      say(words_.notStopped, answer.problem);
    }
    await look.again();
  }
  async function stopAll(): Promise<void> {
    setUnwanted((before) => new Set([...before, ...asked()]));
    const runs = new Set(running().map((one) => one.id));
    setStopping(runs);
    const answer = await stopRuns(id);
    if (!answer.ok) {
      setStopping((before) => without(before, (one) => runs.has(one)));
      say(words_.notStopped, answer.problem);
    }
    await look.again();
  }
  async function leave(): Promise<void> {
    const before = note();
    setNote({ at: 'leaving' });
    const answer = await endSession(id);
    if (!answer.ok) {
      setNote(before);
      say(words_.notLeft, answer.problem);
    }
    await look.again();
    const published = look.published();
    // What is run from now on is a session of its own again.
    setNote((now) => (now.at === 'leaving' && published ? noteAfter({ at: 'none' }, published, Date.now()) : now));
  }
  const wants = (published: Pick<PublishedParagraph, 'id'>): boolean => asked().has(published.id);
  return {
    note,
    busy: () => asked().size > 0 || running().length > 0,
    phase: (paragraph) => phaseOf(paragraph, wants(paragraph)),
    isBusy: (paragraph) => isUnderWay(paragraph.mine) || wants(paragraph),
    isStopping: ({ id: paragraph, mine }) =>
      isUnderWay(mine) ? stopping().has(mine.id) : asked().has(paragraph) && unwanted().has(paragraph),
    run: (paragraphs) => void run(paragraphs),
    stop({ id: paragraph, mine }) {
      if (isUnderWay(mine)) void stop(mine.id);
      else setUnwanted((before) => new Set([...before, paragraph]));
    },
    stopAll: () => void stopAll(),
    leave: () => void leave(),
    dismiss: () => void setNote({ at: 'none' }),
  };
}

/** The same set where nothing leaves it. */
function without<T>(all: ReadonlySet<T>, goes: (one: T) => boolean): ReadonlySet<T> {
  const kept = [...all].filter((one) => !goes(one));
  return kept.length === all.size ? all : new Set(kept);
}
