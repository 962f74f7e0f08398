/**
 * What every interpreter must do, whatever its language: the shared suite. An interpreter's test file calls it with its
 * program and a few sources in its own language. No sandbox and no server: descriptors 3 and 4, stdout and stderr.
 */
import { afterEach, expect, test } from 'vitest';
import { MAX_LINE_BYTES } from '../../interpreters/protocol.ts';
import { type Driven, type DriveOptions, discard, drive, type Finished, makeFolder } from './harness.ts';

export type AcceptanceSources = {
  /** Shows `shows` in a text or a table. */
  readonly value: { readonly source: string; readonly shows: string };
  /** Shows `first` at least `MIN_AHEAD_MS` before it ends. */
  readonly stream: { readonly source: string; readonly first: (driven: Driven, run: string) => Promise<unknown> };
  readonly failing: { readonly source: string; readonly code: string; readonly line: number };
  /** Runs until it is cancelled, and begins to at once. */
  readonly endless: string;
  /** Runs for minutes and hears no cancel; SIGINT may or may not end it. */
  readonly deaf: string;
  /** Gives a great many small outputs or lines. */
  readonly flood: { readonly source: string; readonly atLeast: (finished: Finished) => void };
  /** Shows something longer than a line of the protocol may be. */
  readonly hugeLine: string;
  /** What a later process of the same session still knows, if the interpreter keeps anything. */
  readonly remember?: { readonly source: string; readonly recall: string; readonly shows: string };
};

/** Cancelling must feel immediate; the engine's own interrupt takes 0.2 ms, a loaded machine more. */
const CANCEL_MS = 1000;
/** Between the steps by which a deaf run is ended: asked, signalled, killed. */
const STEP_MS = 300;

export function acceptInterpreter(name: string, program: DriveOptions, sources: AcceptanceSources): void {
  const alive: Driven[] = [];
  const start = async (options: Partial<DriveOptions> = {}): Promise<Driven> => {
    const driven = await drive({ ...program, ...options });
    alive.push(driven);
    return driven;
  };
  afterEach(async () => {
    for (const driven of alive.splice(0)) await discard(driven);
  });

  test(`${name}: a run shows its value and ends with done`, async () => {
    const driven = await start();
    const finished = await driven.run(sources.value.source);
    expect(finished.outcome).toEqual({ state: 'done' });
    expect(shown(finished)).toContain(sources.value.shows);
  });

  test(`${name}: runs asked together run one after the other, in order`, async () => {
    const driven = await start();
    const runs = [1, 2, 3].map(() => driven.run(sources.value.source));
    const finished = await Promise.all(runs);
    expect(finished.map(({ outcome }) => outcome.state)).toEqual(['done', 'done', 'done']);
    const all = finished.flatMap(({ events }) => events);
    const order = [...new Set(all.flatMap((event) => ('run' in event ? [event.run] : [])))];
    expect(order).toEqual(runs.map(({ id }) => id));
  });

  test(`${name}: an empty paragraph is done and shows nothing`, async () => {
    const driven = await start();
    const finished = await driven.run('\n  \n');
    expect(finished.outcome).toEqual({ state: 'done' });
    expect(shown(finished)).toBe('');
  });

  test(`${name}: output is seen while the run goes on`, async () => {
    const driven = await start();
    let ended = false;
    const run = driven.run(sources.stream.source);
    run.then(
      () => {
        ended = true;
      },
      () => undefined,
    );
    await sources.stream.first(driven, run.id);
    expect(ended).toBe(false);
    driven.cancel(run.id);
    await run;
  });

  test(`${name}: a failing run names code and line, and the next run works`, async () => {
    const driven = await start();
    const { outcome } = await driven.run(sources.failing.source);
    expect(outcome).toMatchObject({
      state: 'failed',
      failure: { code: sources.failing.code, line: sources.failing.line, message: expect.stringMatching(/\S/) },
    });
    const next = await driven.run(sources.value.source);
    expect(next.outcome).toEqual({ state: 'done' });
  });

  test(`${name}: a cancelled run ends soon as cancelled, and the next run works`, async () => {
    const driven = await start();
    const run = driven.run(sources.endless);
    await pause(200);
    const asked = performance.now();
    driven.cancel(run.id);
    expect((await run).outcome).toEqual({ state: 'cancelled' });
    expect(performance.now() - asked).toBeLessThan(CANCEL_MS);
    expect((await driven.run(sources.value.source)).outcome).toEqual({ state: 'done' });
  });

  test(`${name}: a run cancelled before it began never runs`, async () => {
    const driven = await start();
    const first = driven.run(sources.endless);
    const second = driven.run(sources.value.source);
    driven.cancel(second.id);
    driven.cancel(first.id);
    expect((await first).outcome).toEqual({ state: 'cancelled' });
    const finished = await second;
    expect(finished.outcome).toEqual({ state: 'cancelled' });
    expect(shown(finished)).toBe('');
  });

  test(`${name}: a cancel after the end means nothing`, async () => {
    const driven = await start();
    const run = driven.run(sources.value.source);
    await run;
    driven.cancel(run.id);
    expect((await driven.run(sources.value.source)).outcome).toEqual({ state: 'done' });
  });

  test(`${name}: SIGINT stops the run and leaves the program alive`, async () => {
    const driven = await start();
    const run = driven.run(sources.endless);
    await pause(200);
    driven.child.kill('SIGINT');
    expect((await run).outcome.state).not.toBe('failed');
    expect((await driven.run(sources.value.source)).outcome).toEqual({ state: 'done' });
  });

  test(`${name}: a program killed in a run is gone, and another one takes up its session`, async () => {
    const folder = makeFolder();
    const driven = await start({ folder });
    if (sources.remember) await driven.run(sources.remember.source);
    const run = driven.run(sources.endless);
    const rejected = expect(run).rejects.toThrow('the program ended');
    await pause(200);
    driven.child.kill('SIGKILL');
    await rejected;
    const later = await start({ folder });
    expect((await later.run(sources.value.source)).outcome).toEqual({ state: 'done' });
    if (!sources.remember) return;
    expect(shown(await later.run(sources.remember.recall))).toContain(sources.remember.shows);
  });

  test(`${name}: a flood arrives whole, in bounded lines`, async () => {
    const driven = await start();
    const finished = await driven.run(sources.flood.source);
    expect(finished.outcome).toEqual({ state: 'done' });
    sources.flood.atLeast(finished);
  });

  test(`${name}: a flood is stopped by a cancel`, async () => {
    const driven = await start();
    const run = driven.run(sources.flood.source);
    driven.cancel(run.id);
    expect((await run).outcome.state).toMatch(/^(cancelled|done)$/);
    expect((await driven.run(sources.value.source)).outcome).toEqual({ state: 'done' });
  });

  test(`${name}: something huge is shown without a line past the limit`, async () => {
    const driven = await start();
    const finished = await driven.run(sources.hugeLine);
    expect(finished.outcome).toEqual({ state: 'done' });
    for (const event of finished.events) expect(JSON.stringify(event).length).toBeLessThan(MAX_LINE_BYTES);
  });

  test(`${name}: questions about a text and about tables are answered`, async () => {
    const driven = await start();
    expect(Array.isArray(await driven.complete('', 0))).toBe(true);
    expect(Array.isArray(await driven.tables())).toBe(true);
  });

  test(`${name}: the program ends when descriptor 3 ends, also in the middle of a run`, async () => {
    const idle = await start();
    await idle.end();
    expect(await idle.exited).toEqual({ code: 0, signal: null });
    const busy = await start();
    const run = busy.run(sources.endless);
    run.catch(() => undefined);
    await pause(200);
    await busy.end();
    expect((await busy.exited).signal).toBe(null);
  });

  test(`${name}: a run that hears no cancel is ended in steps, and a new program works`, async () => {
    const folder = makeFolder();
    const driven = await start({ folder });
    const run = driven.run(sources.deaf);
    const over = run.then(
      () => 'ended',
      () => 'gone',
    );
    await pause(STEP_MS);
    driven.cancel(run.id);
    if ((await Promise.race([over, pause(STEP_MS)])) === undefined) driven.child.kill('SIGINT');
    if ((await Promise.race([over, pause(STEP_MS)])) === undefined) driven.child.kill('SIGKILL');
    expect(['ended', 'gone']).toContain(await over);
    driven.child.kill('SIGKILL');
    await driven.exited;
    const later = await start({ folder });
    expect((await later.run(sources.value.source)).outcome).toEqual({ state: 'done' });
  });
}

/** The only sleep here: giving a run the time to be under way is what the test is about. */
const pause = (ms: number): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), ms));

/** All that a person would see: text, and the blocks of tables as their bytes. */
function shown({ stdout, stderr, values, tables }: Finished): string {
  const blocks = tables.map(({ block }) => Buffer.from(block ?? '', 'base64').toString('latin1'));
  return stdout + stderr + values + blocks.join('');
}
