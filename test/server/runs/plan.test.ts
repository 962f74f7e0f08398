import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NotebookId, ParagraphId, PersonId, RequestId, RunId, SessionId } from '../../../server/protocol/ids.ts';
import { foldRuns, isEnded, type Run, type RunEvent, type RunSpec } from '../../../server/protocol/runs.ts';
import {
  apply,
  type Effect,
  emptyPlan,
  type Operation,
  type Outcome,
  type Plan,
  runOf,
} from '../../../server/runs/plan.ts';

const paragraph = (name: string) => name as ParagraphId;

let made = 0;
const spec = (name: string, request = 'r1', source = `select '${name}'`): RunSpec => ({
  id: `run-${++made}` as RunId,
  notebook: 'n' as NotebookId,
  paragraph: paragraph(name),
  request: request as RequestId,
  session: 's' as SessionId,
  by: { id: request as PersonId, name: request },
  asked: made,
  interpreter: 'sql',
  source,
  options: {},
  forms: {},
});

/** Applies operations and keeps what they did. */
function play(...operations: readonly Operation[]) {
  let plan = emptyPlan;
  const effects: Effect[] = [];
  for (const operation of operations) {
    const step = apply(plan, operation);
    plan = step.plan;
    effects.push(...step.effects);
  }
  const events = effects.flatMap((effect) => (effect.type === 'record' ? [effect.event] : []));
  const started = effects.flatMap((effect) => (effect.type === 'start' ? [effect.run.paragraph] : []));
  const aborted = effects.flatMap((effect) => (effect.type === 'abort' ? [effect.run] : []));
  return { plan, events, started, aborted, runs: folded(events) };
}

function folded(events: readonly RunEvent[]): ReadonlyMap<RunId, Run> {
  const runs = new Map<RunId, Run>();
  for (const event of events) foldRuns(runs, event);
  return runs;
}

const ended = (run: RunSpec, outcome: Outcome = { state: 'done' }): Operation => ({
  type: 'ended',
  run: run.id,
  outcome,
  at: 20,
});
const started = (run: RunSpec): Operation => ({ type: 'started', run: run.id, at: 10 });
const stateOf = (runs: ReadonlyMap<RunId, Run>, run: RunSpec) => runs.get(run.id)?.phase;

describe('the queue of a notebook', () => {
  it('runs what was asked for in order, one at a time', () => {
    const [a, b] = [spec('a'), spec('b')];
    const before = play({ type: 'ask', runs: [a, b] });
    expect(before.started).toEqual(['a']);
    const after = play({ type: 'ask', runs: [a, b] }, started(a), ended(a));
    expect(after.started).toEqual(['a', 'b']);
    expect(stateOf(after.runs, a)).toEqual({ state: 'done', started: 10, ended: 20 });
    expect(stateOf(after.runs, b)).toEqual({ state: 'queued' });
  });

  it('cancels what a failure leaves of the same request, and nothing of another', () => {
    const [a, b] = [spec('a'), spec('b')];
    const other = spec('c', 'r2');
    const { runs, started: begun } = play(
      { type: 'ask', runs: [a, b] },
      { type: 'ask', runs: [other] },
      started(a),
      ended(a, { state: 'failed' }),
    );
    expect(stateOf(runs, b)).toEqual({ state: 'cancelled', ended: 20, reason: 'after-failure' });
    expect(begun).toEqual(['a', 'c']);
  });

  it('treats a lost run as a failure', () => {
    const [a, b] = [spec('a'), spec('b')];
    const { runs } = play({ type: 'ask', runs: [a, b] }, ended(a, { state: 'lost', reason: 'process-gone' }));
    expect(stateOf(runs, a)).toEqual({ state: 'lost', ended: 20, reason: 'process-gone' });
    expect(stateOf(runs, b)).toMatchObject({ state: 'cancelled', reason: 'after-failure' });
  });

  it('keeps the place of a queued paragraph asked for again, with the new text and asker', () => {
    const [a, b, c] = [spec('a'), spec('b'), spec('c')];
    const again = spec('b', 'r2', 'select 2');
    const { plan, events } = play({ type: 'ask', runs: [a, b, c] }, { type: 'ask', runs: [again] });
    expect(plan.queue.map((entry) => entry.run.paragraph)).toEqual(['b', 'c']);
    expect(events.at(-1)).toEqual({ type: 'retaken', run: { ...again, id: b.id, request: b.request, asked: b.asked } });
    expect(runOf(plan, paragraph('b'))?.id).toBe(b.id);
  });

  it('lets a run that two requests ask for go on when one of them fails', () => {
    const [a, b] = [spec('a'), spec('b')];
    const { started: begun } = play(
      { type: 'ask', runs: [a, b] },
      { type: 'ask', runs: [spec('b', 'r2')] },
      ended(a, { state: 'failed' }),
    );
    expect(begun).toEqual(['a', 'b']);
  });

  it('queues the paragraph under way once more, at the end', () => {
    const [a, b] = [spec('a'), spec('b')];
    const again = spec('a', 'r2');
    const twice = spec('a', 'r3');
    const { plan } = play(
      { type: 'ask', runs: [a, b] },
      { type: 'ask', runs: [again] },
      { type: 'ask', runs: [twice] },
    );
    expect(plan.queue.map((entry) => entry.run.paragraph)).toEqual(['b', 'a']);
  });

  it('cancels a queued run whose paragraph was deleted, and lets a running one finish', () => {
    const [a, b] = [spec('a'), spec('b')];
    const { runs, aborted } = play(
      { type: 'ask', runs: [a, b] },
      { type: 'deleted', paragraph: paragraph('a'), at: 5 },
      { type: 'deleted', paragraph: paragraph('b'), at: 5 },
    );
    expect(stateOf(runs, b)).toEqual({ state: 'cancelled', ended: 5, reason: 'deleted' });
    expect(aborted).toEqual([]);
  });

  it('stops one run and leaves the others', () => {
    const [a, b, c] = [spec('a'), spec('b'), spec('c')];
    const {
      runs,
      aborted,
      started: begun,
    } = play(
      { type: 'ask', runs: [a, b, c] },
      { type: 'cancel', run: b.id, at: 5 },
      { type: 'cancel', run: a.id, at: 6 },
      { type: 'cancel', run: a.id, at: 7 },
      ended(a, { state: 'cancelled' }),
    );
    expect(stateOf(runs, b)).toEqual({ state: 'cancelled', ended: 5, reason: 'asked' });
    expect(aborted).toEqual([a.id]);
    expect(stateOf(runs, a)).toEqual({ state: 'cancelled', ended: 20, reason: 'asked' });
    expect(begun).toEqual(['a', 'c']);
  });

  it('stops all', () => {
    const [a, b] = [spec('a'), spec('b')];
    const { plan, runs, aborted } = play({ type: 'ask', runs: [a, b] }, { type: 'cancel', at: 5 });
    expect(aborted).toEqual([a.id]);
    expect(stateOf(runs, b)).toMatchObject({ state: 'cancelled', reason: 'asked' });
    expect(plan.queue).toEqual([]);
  });

  it('calls what was done before it could be stopped done', () => {
    const a = spec('a');
    const { runs } = play({ type: 'ask', runs: [a] }, started(a), { type: 'cancel', at: 11 }, ended(a));
    expect(stateOf(runs, a)).toEqual({ state: 'done', started: 10, ended: 20 });
  });

  it('calls a run whose process a restart ended cancelled', () => {
    const a = spec('a');
    const { runs } = play(
      { type: 'ask', runs: [a] },
      started(a),
      { type: 'restart', at: 11 },
      ended(a, { state: 'lost', reason: 'process-gone' }),
    );
    expect(stateOf(runs, a)).toEqual({ state: 'cancelled', started: 10, ended: 20, reason: 'asked' });
  });

  it('loses what is left when the server stops, and starts nothing more', () => {
    const [a, b] = [spec('a'), spec('b')];
    const {
      runs,
      aborted,
      started: begun,
    } = play(
      { type: 'ask', runs: [a, b] },
      started(a),
      { type: 'close', at: 11 },
      { type: 'ask', runs: [spec('c')] },
      ended(a, { state: 'cancelled' }),
    );
    expect(aborted).toEqual([a.id]);
    expect(stateOf(runs, a)).toMatchObject({ state: 'lost', reason: 'process-gone' });
    expect(stateOf(runs, b)).toMatchObject({ state: 'lost', reason: 'process-gone' });
    expect(begun).toEqual(['a']);
  });
});

/** The queue told plainly: a list, the one that runs, and what has become of each. */
type Model = { running: Run | undefined; waiting: { run: RunSpec; requests: Set<string> }[] };
type Step =
  | { readonly do: 'ask'; readonly names: readonly string[] }
  | { readonly do: 'end'; readonly outcome: Outcome }
  | { readonly do: 'cancel'; readonly which: number | undefined }
  | { readonly do: 'delete'; readonly name: string };

const names = ['a', 'b', 'c', 'd', 'e'];
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ask' as const), names: fc.subarray(names, { minLength: 1 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('end' as const),
      outcome: fc.constantFrom<Outcome>(
        { state: 'done' },
        { state: 'done' },
        { state: 'failed' },
        { state: 'cancelled' },
      ),
    }),
  },
  fc.record({ do: fc.constant('cancel' as const), which: fc.option(fc.nat(4), { nil: undefined }) }),
  fc.record({ do: fc.constant('delete' as const), name: fc.constantFrom(...names) }),
);

describe('any sequence of operations', () => {
  it('leaves the queue as a plain list would be', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 60 }), (sequence) => {
        const model: Model = { running: undefined, waiting: [] };
        let plan: Plan = emptyPlan;
        let request = 0;
        const all: Effect[] = [];
        const did = (operation: Operation): void => {
          const step = apply(plan, operation);
          plan = step.plan;
          all.push(...step.effects);
        };
        let current: { run: RunSpec; requests: Set<string> } | undefined;
        const next = (): void => {
          if (!current) current = model.waiting.shift();
        };
        for (const step of sequence) {
          if (step.do === 'ask') {
            request += 1;
            const runs = step.names.map((name) => spec(name, `r${request}`));
            did({ type: 'ask', runs });
            for (const run of runs) {
              const waits = model.waiting.find((one) => one.run.paragraph === run.paragraph);
              if (waits) waits.requests.add(run.request);
              else model.waiting.push({ run, requests: new Set([run.request]) });
            }
            next();
          } else if (step.do === 'end') {
            if (!current) continue;
            did({ type: 'ended', run: current.run.id, outcome: step.outcome, at: 1 });
            const { requests } = current;
            if (step.outcome.state === 'failed')
              model.waiting = model.waiting.filter((one) => [...one.requests].some((name) => !requests.has(name)));
            current = undefined;
            next();
          } else if (step.do === 'cancel') {
            const one = step.which === undefined ? undefined : (model.waiting[step.which]?.run.id ?? ('none' as RunId));
            did(one === undefined ? { type: 'cancel', at: 1 } : { type: 'cancel', run: one, at: 1 });
            model.waiting = one === undefined ? [] : model.waiting.filter((entry) => entry.run.id !== one);
          } else {
            did({ type: 'deleted', paragraph: paragraph(step.name), at: 1 });
            model.waiting = model.waiting.filter((entry) => entry.run.paragraph !== step.name);
          }
          expect(plan.current?.run.id).toBe(current?.run.id);
          expect(plan.queue.map((entry) => entry.run.id)).toEqual(model.waiting.map((entry) => entry.run.id));
        }
        const runs = folded(all.flatMap((effect) => (effect.type === 'record' ? [effect.event] : [])));
        const open = [...runs.values()].filter((run) => !isEnded(run.phase)).map((run) => run.id);
        const held = [plan.current?.run.id, ...plan.queue.map((entry) => entry.run.id)].filter(Boolean);
        expect(new Set(open)).toEqual(new Set(held));
        const starts = all.filter((effect) => effect.type === 'start').length;
        const ends = new Set(all.flatMap((effect) => (effect.type === 'start' ? [effect.run.id] : [])));
        expect(ends.size).toBe(starts);
      }),
      { numRuns: 300 },
    );
  });
});
