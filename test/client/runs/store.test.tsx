import { createRoot } from 'solid-js';
import { expect, test } from 'vitest';
import type { Timer } from '../../../client/live/connection.ts';
import type { LiveEvent } from '../../../client/live/contract.ts';
import { isStale } from '../../../client/runs/stale.ts';
import { openRuns } from '../../../client/runs/store.ts';
import type { ParagraphId, RunId } from '../../../server/protocol/ids.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import type { Run, RunEvent, RunSpec } from '../../../server/protocol/runs.ts';

const paragraph = 'p' as ParagraphId;
const text = (value: string): Output => ({ kind: 'text', stream: 'value', text: value });

function spec(id: string, source = 'select 1', asked = 0): RunSpec {
  return {
    id: id as RunId,
    notebook: 'n' as never,
    paragraph,
    request: 'r' as never,
    session: 's' as never,
    by: { id: 'ada' as never, name: 'Ada' },
    asked,
    interpreter: 'sql',
    source,
    options: {},
    forms: {},
  };
}

function open() {
  const listeners = new Set<(event: LiveEvent) => void>();
  const due = new Set<() => void>();
  const live = {
    on(listener: (event: LiveEvent) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const timer: Timer = (_, work) => {
    due.add(work);
    return () => due.delete(work);
  };
  const runs = createRoot(() => openRuns(live, timer));
  const send = (event: LiveEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const say = (...events: RunEvent[]): void => send({ type: 'run', events });
  const wait = (): void => {
    for (const work of [...due]) {
      due.delete(work);
      work();
    }
  };
  /** Says it, and lets the time pass after which all is shown. */
  const tell = (...events: RunEvent[]): void => {
    say(...events);
    wait();
  };
  const view = runs.paragraph(paragraph);
  return { runs, send, say, wait, tell, view, listeners, due };
}

const id = (name: string): RunId => name as RunId;
const ended = (state: 'done' | 'failed'): Extract<RunEvent, { type: 'ended' }>['phase'] => ({
  state,
  started: 1,
  ended: 2,
});

test('a running paragraph keeps its last output, dimmed, until the new one has come', () => {
  const { tell, view } = open();
  tell({ type: 'queued', run: spec('a') }, { type: 'started', id: id('a'), at: 1 });
  tell(
    { type: 'output', id: id('a'), index: 0, output: text('old') },
    { type: 'ended', id: id('a'), phase: ended('done') },
  );
  tell({ type: 'queued', run: spec('b') });
  expect(view.latest()?.phase.state).toBe('queued');
  expect(view.shown()).toMatchObject({ run: { id: 'a' }, dimmed: false });
  tell({ type: 'started', id: id('b'), at: 3 });
  expect(view.shown()).toMatchObject({ run: { id: 'a' }, dimmed: true });
  tell({ type: 'output', id: id('b'), index: 0, output: text('new') });
  expect(view.shown()).toMatchObject({ run: { id: 'b' }, dimmed: false });
});

test('a run cancelled before it started leaves the output that stood there', () => {
  const { tell, view } = open();
  tell({ type: 'queued', run: spec('a') }, { type: 'started', id: id('a'), at: 1 });
  tell(
    { type: 'output', id: id('a'), index: 0, output: text('old') },
    { type: 'ended', id: id('a'), phase: ended('done') },
  );
  tell({ type: 'queued', run: spec('b') });
  tell({ type: 'ended', id: id('b'), phase: { state: 'cancelled', ended: 9, reason: 'after-failure' } });
  expect(view.latest()).toMatchObject({ id: 'b', phase: { reason: 'after-failure' } });
  expect(view.shown()?.run.id).toBe('a');
});

test('a running run is told of before one that waits behind it', () => {
  const { tell, view, runs } = open();
  tell({ type: 'queued', run: spec('a', 'x', 1) }, { type: 'started', id: id('a'), at: 1 });
  tell({ type: 'queued', run: spec('b', 'x', 2) });
  expect(view.latest()?.id).toBe('a');
  expect(runs.active().map((run) => run.id)).toEqual(['a', 'b']);
});

test('after a reconnection what the server says is all there is', () => {
  const { tell, send, view, runs } = open();
  tell({ type: 'queued', run: spec('a') });
  const lost: Run = { ...spec('a'), phase: { state: 'lost', ended: 5, reason: 'process-gone' }, outputs: [] };
  send({ type: 'runs', runs: [lost] });
  expect(view.latest()?.phase.state).toBe('lost');
  expect(runs.active()).toEqual([]);
  send({ type: 'runs', runs: [] });
  expect(view.latest()).toBeUndefined();
  expect(view.shown()).toBeUndefined();
});

test('events of unknown runs, and of forgotten ones, change nothing', () => {
  const { tell, view } = open();
  tell({ type: 'started', id: id('x'), at: 1 });
  expect(view.latest()).toBeUndefined();
  tell({ type: 'queued', run: spec('a') }, { type: 'forgotten', id: id('a') }, { type: 'started', id: id('a'), at: 1 });
  expect(view.latest()).toBeUndefined();
});

test('a run that answers at once shows its answer and its end, and no state between', () => {
  const { say, view, runs, due } = open();
  say({ type: 'queued', run: spec('a') });
  say({ type: 'started', id: id('a'), at: 1 });
  say({ type: 'output', id: id('a'), index: 0, output: text('1') });
  expect(view.shown()?.run.outputs).toEqual([text('1')]);
  expect(view.latest()).toBeUndefined();
  expect(runs.active()).toEqual([]);
  say({ type: 'ended', id: id('a'), phase: ended('done') });
  expect(view.latest()?.phase.state).toBe('done');
  expect(view.shown()?.run.phase.state).toBe('done');
  expect(due.size).toBe(0);
});

test('a run that takes its time is shown to wait, then to run', () => {
  const { say, wait, view, runs } = open();
  say({ type: 'queued', run: spec('a') });
  wait();
  expect(view.latest()?.phase.state).toBe('queued');
  say({ type: 'started', id: id('a'), at: 1 });
  wait();
  expect(view.latest()?.phase.state).toBe('running');
  expect(runs.active().map((run) => run.phase.state)).toEqual(['running']);
});

test('a run that says something and goes on is shown to run', () => {
  const { say, wait, view, runs } = open();
  say({ type: 'queued', run: spec('a') }, { type: 'started', id: id('a'), at: 1 });
  say({ type: 'text', id: id('a'), stream: 'stdout', text: 'so far' });
  wait();
  expect(view.latest()?.phase.state).toBe('running');
  expect(runs.active().map((run) => run.id)).toEqual(['a']);
});

test('closing lets go of the live notebook', () => {
  const { runs, say, listeners, due } = open();
  say({ type: 'queued', run: spec('a') });
  runs.close();
  expect(listeners.size).toBe(0);
  expect(due.size).toBe(0);
});

test('a result is stale when text or interpreter differ, and only if it ever started', () => {
  const done: Run = { ...spec('a'), phase: { state: 'done', started: 1, ended: 2 }, outputs: [] };
  expect(isStale(done, { interpreter: 'sql', source: 'select 1' })).toBe(false);
  expect(isStale(done, { interpreter: 'sql', source: 'select 2' })).toBe(true);
  expect(isStale(done, { interpreter: 'markdown', source: 'select 1' })).toBe(true);
  expect(isStale({ ...done, phase: { state: 'running', started: 1 } }, { interpreter: 'sql', source: '' })).toBe(false);
  const never: Run = { ...done, phase: { state: 'cancelled', ended: 2, reason: 'asked' } };
  expect(isStale(never, { interpreter: 'sql', source: '' })).toBe(false);
});

test('who has a session of their own sees their runs of what they ran there, until it ends', () => {
  const { send, tell, view } = open();
  const own = { ...spec('mine', 'select 1', 2), session: 'own' as never };
  const done = (name: string, output: string): RunEvent[] => [
    { type: 'started', id: id(name), at: 1 },
    { type: 'output', id: id(name), index: 0, output: text(output) },
    { type: 'ended', id: id(name), phase: ended('done') },
  ];
  tell({ type: 'queued', run: spec('team') }, ...done('team', 'theirs'));
  send({ type: 'visitor', session: { id: 'own' as never, state: 'running', isolation: 'none', timeZone: 'UTC' } });
  expect(view.shown()).toMatchObject({ run: { id: 'team' }, dimmed: false });
  tell({ type: 'queued', run: own }, { type: 'started', id: id('mine'), at: 2 });
  expect(view.latest()?.id).toBe('mine');
  expect(view.shown()).toMatchObject({ run: { id: 'team' }, dimmed: true });
  tell(...done('mine', 'my own').slice(1));
  // A newer run of the team's does not take it away.
  tell({ type: 'queued', run: spec('newer', 'select 2', 9) }, ...done('newer', 'theirs again'));
  expect([view.latest()?.id, view.shown()?.run.id]).toEqual(['mine', 'mine']);
  send({ type: 'visitor' });
  send({ type: 'runs', runs: [{ ...spec('newer'), phase: ended('done'), outputs: [text('theirs again')] }] });
  expect([view.latest()?.id, view.shown()?.run.id]).toEqual(['newer', 'newer']);
});
