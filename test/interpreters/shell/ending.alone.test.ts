/** Nothing that a paragraph started outlives it, without a sandbox too. */
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Driven, discard, drive } from '../harness.ts';
import { shellProgram } from './shell.ts';

let driven: Driven;
beforeEach(async () => {
  driven = await drive(shellProgram);
});
afterEach(() => discard(driven));

/** Processes whose command line holds the word. */
const living = (word: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false;
    }
  });

let count = 0;
/** A time to sleep that no other process sleeps. */
const unique = (): string => {
  count += 1;
  return `98${process.pid}${count}`;
};

test.each([
  ['in the background', (s: string) => `sleep ${s} &`],
  ['in a group of its own', (s: string) => `set -m; sleep ${s} &`],
  ['in a session of its own', (s: string) => `setsid sleep ${s} &`],
  ['behind a parent that has ended', (s: string) => `(setsid -f bash -c 'nohup sleep ${s} & disown' >/dev/null 2>&1)`],
  ['without an environment', (s: string) => `env -i sleep ${s} &`],
  ['deaf to signals', (s: string) => `bash -c "trap '' INT TERM HUP; sleep ${s}; true" &`],
])('a child %s is gone when the run is done, and does not hold it', async (_, make) => {
  const seconds = unique();
  const began = performance.now();
  const finished = await driven.run(
    `${make(seconds)}\nfor i in {1..50}; do pgrep -f 'sleep ${seconds}' >/dev/null && break; sleep 0.02; done; echo here`,
  );
  expect([finished.outcome, finished.stdout]).toEqual([{ state: 'done' }, 'here\n']);
  expect(performance.now() - began).toBeLessThan(5000);
  expect(living(seconds)).toEqual([]);
});

test('what a background child writes after the end is not in the next run', async () => {
  await driven.run('(while true; do echo noise; done) &\nsleep 0.1');
  const { stdout } = await driven.run('sleep 0.1; echo quiet');
  expect(stdout).toBe('quiet\n');
});

test('a cancel lets a trap tidy up, and ends what does not listen', async () => {
  const seconds = unique();
  const run = driven.run(
    `trap 'echo tidy; exit 1' INT; trap '' TERM; setsid bash -c "trap '' INT TERM; sleep ${seconds}" & echo on; wait`,
  );
  await new Promise((resolve) => driven.child.stdout?.once('data', resolve));
  driven.cancel(run.id);
  const finished = await run;
  expect([finished.outcome, finished.stdout]).toEqual([{ state: 'cancelled' }, 'on\ntidy\n']);
  expect(living(seconds)).toEqual([]);
});

test('a run that hears nothing is ended within a second', async () => {
  const run = driven.run("trap '' INT TERM; echo on; while true; do :; done");
  await new Promise((resolve) => driven.child.stdout?.once('data', resolve));
  const asked = performance.now();
  driven.cancel(run.id);
  expect((await run).outcome).toEqual({ state: 'cancelled' });
  expect(performance.now() - asked).toBeLessThan(1000);
});
