/**
 * The queue of one notebook as a pure value: `apply(plan, operation)` gives the next plan and what is to be done.
 *
 * One run at a time, in the order asked for; a paragraph stands in the queue at most once, so the queue is bounded by the
 * notebook. Asking again for a queued paragraph keeps its place and takes the new text (and its asker, so that nobody's
 * half-typed text runs under another's name); it then belongs to both requests, and a failure stops it only when each
 * request it belongs to has failed. Asking for the paragraph under way queues it once more.
 */
import type { ParagraphId, RequestId, RunId } from '../protocol/ids.ts';
import type { Cost, EndedPhase, EndReason, RunEvent, RunSpec } from '../protocol/runs.ts';

/** How an execution came out, as sessions tell it, and what it took. */
export type Outcome = (
  | { readonly state: 'done' }
  | { readonly state: 'failed'; readonly reason?: EndReason }
  | { readonly state: 'cancelled' }
  | { readonly state: 'lost'; readonly reason: EndReason }
) & { readonly cost?: Cost };

type Entry = { readonly run: RunSpec; readonly requests: readonly RequestId[] };
type Current = Entry & { readonly started: number | undefined; readonly stopping: EndReason | undefined };

export type Plan = {
  readonly current: Current | undefined;
  readonly queue: readonly Entry[];
  /** Once closed nothing starts. */
  readonly closed: boolean;
};

export const emptyPlan: Plan = { current: undefined, queue: [], closed: false };

export type Operation =
  /** In notebook order, each paragraph once, all of one request. */
  | { readonly type: 'ask'; readonly runs: readonly RunSpec[] }
  | { readonly type: 'started'; readonly run: RunId; readonly at: number }
  | { readonly type: 'ended'; readonly run: RunId; readonly outcome: Outcome; readonly at: number }
  /** One run, or all. */
  | { readonly type: 'cancel'; readonly run?: RunId; readonly at: number }
  | { readonly type: 'deleted'; readonly paragraph: ParagraphId; readonly at: number }
  /** The session's processes are about to end: what runs is stopped, what waits is dropped. */
  | { readonly type: 'restart'; readonly at: number }
  /** The server stops. */
  | { readonly type: 'close'; readonly at: number };

export type Effect =
  | { readonly type: 'record'; readonly event: RunEvent }
  | { readonly type: 'start'; readonly run: RunSpec }
  | { readonly type: 'abort'; readonly run: RunId };

export type Step = { readonly plan: Plan; readonly effects: readonly Effect[] };

export function apply(plan: Plan, operation: Operation): Step {
  switch (operation.type) {
    case 'ask':
      return ask(plan, operation.runs);
    case 'started':
      return started(plan, operation.run, operation.at);
    case 'ended':
      return ended(plan, operation.run, operation.outcome, operation.at);
    case 'cancel':
    case 'restart': {
      const only = operation.type === 'cancel' ? operation.run : undefined;
      const chosen = (run: RunSpec): boolean => only === undefined || run.id === only;
      return then(
        drop(plan, (entry) => chosen(entry.run), 'asked', operation.at),
        (next) => stop(next, chosen, 'asked'),
      );
    }
    case 'deleted':
      return drop(plan, (entry) => entry.run.paragraph === operation.paragraph, 'deleted', operation.at);
    case 'close':
      return then(lose({ ...plan, closed: true }, operation.at), (next) => stop(next, () => true, 'process-gone'));
  }
}

/** The run that stands for a paragraph now: the queued one, else the one under way. */
export function runOf(plan: Plan, paragraph: ParagraphId): RunSpec | undefined {
  const queued = plan.queue.find((entry) => entry.run.paragraph === paragraph);
  if (queued) return queued.run;
  return plan.current?.run.paragraph === paragraph ? plan.current.run : undefined;
}

export const isIdle = (plan: Plan): boolean => plan.current === undefined && plan.queue.length === 0;

function ask(plan: Plan, runs: readonly RunSpec[]): Step {
  if (plan.closed) return { plan, effects: [] };
  const queue = plan.queue.slice();
  const places = new Map(queue.map((entry, index) => [entry.run.paragraph, index]));
  const effects: Effect[] = [];
  for (const run of runs) {
    const place = places.get(run.paragraph);
    const before = place === undefined ? undefined : queue[place];
    if (before === undefined || place === undefined) {
      places.set(run.paragraph, queue.length);
      queue.push({ run, requests: [run.request] });
      effects.push(record({ type: 'queued', run }));
    } else {
      const { id, request, asked } = before.run;
      const retaken = { ...run, id, request, asked };
      queue[place] = { run: retaken, requests: [...new Set([...before.requests, run.request])] };
      effects.push(record({ type: 'retaken', run: retaken }));
    }
  }
  return then({ plan: { ...plan, queue }, effects }, startNext);
}

function startNext(plan: Plan): Step {
  const [next, ...rest] = plan.queue;
  if (plan.closed || plan.current || !next) return { plan, effects: [] };
  return {
    plan: { ...plan, current: { ...next, started: undefined, stopping: undefined }, queue: rest },
    effects: [{ type: 'start', run: next.run }],
  };
}

function started(plan: Plan, run: RunId, at: number): Step {
  const { current } = plan;
  if (current?.run.id !== run || current.started !== undefined) return { plan, effects: [] };
  return {
    plan: { ...plan, current: { ...current, started: at } },
    effects: [record({ type: 'started', id: run, at })],
  };
}

function ended(plan: Plan, run: RunId, outcome: Outcome, at: number): Step {
  const { current } = plan;
  if (current?.run.id !== run) return { plan, effects: [] };
  const { cost } = outcome;
  const phase = { ...phaseOf(current, outcome, at), ...(cost ? { cost } : {}) };
  const first: Step = {
    plan: { ...plan, current: undefined },
    effects: [record({ type: 'ended', id: run, phase })],
  };
  const failed = phase.state === 'failed' || phase.state === 'lost';
  const stopped = failed
    ? then(first, (next) =>
        drop(next, (entry) => entry.requests.every((one) => current.requests.includes(one)), 'after-failure', at),
      )
    : first;
  return then(stopped, startNext);
}

/** What was being stopped ends as stopped, however its process went; what finished first is done all the same. */
function phaseOf(current: Current, outcome: Outcome, at: number): EndedPhase {
  const { started, stopping } = current;
  const since = started === undefined ? {} : { started };
  if (stopping === 'process-gone' && outcome.state !== 'done')
    return { state: 'lost', ...since, ended: at, reason: 'process-gone' };
  switch (outcome.state) {
    case 'done':
      return { state: 'done', started: started ?? at, ended: at };
    case 'failed':
      return {
        state: 'failed',
        started: started ?? at,
        ended: at,
        ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
      };
    case 'cancelled':
      return { state: 'cancelled', ...since, ended: at, reason: stopping ?? 'asked' };
    case 'lost':
      if (stopping) return { state: 'cancelled', ...since, ended: at, reason: stopping };
      return { state: 'lost', ...since, ended: at, reason: outcome.reason };
  }
}

function drop(plan: Plan, chosen: (entry: Entry) => boolean, reason: EndReason, at: number): Step {
  const gone = plan.queue.filter(chosen);
  if (gone.length === 0) return { plan, effects: [] };
  return {
    plan: { ...plan, queue: plan.queue.filter((entry) => !gone.includes(entry)) },
    effects: gone.map(({ run }) =>
      record({ type: 'ended', id: run.id, phase: { state: 'cancelled', ended: at, reason } }),
    ),
  };
}

function lose(plan: Plan, at: number): Step {
  return {
    plan: { ...plan, queue: [] },
    effects: plan.queue.map(({ run }) =>
      record({ type: 'ended', id: run.id, phase: { state: 'lost', ended: at, reason: 'process-gone' } }),
    ),
  };
}

/** Asks the run under way to stop, once; a server that stops outranks a person who did. */
function stop(plan: Plan, chosen: (run: RunSpec) => boolean, reason: EndReason): Step {
  const { current } = plan;
  if (!current || !chosen(current.run) || current.stopping === reason) return { plan, effects: [] };
  const again = current.stopping !== undefined;
  return {
    plan: { ...plan, current: { ...current, stopping: reason } },
    effects: again ? [] : [{ type: 'abort', run: current.run.id }],
  };
}

const record = (event: RunEvent): Effect => ({ type: 'record', event });

function then(step: Step, next: (plan: Plan) => Step): Step {
  const after = next(step.plan);
  return { plan: after.plan, effects: [...step.effects, ...after.effects] };
}
