import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isAlive, processesOf } from '../support/gondola.ts';
import { makeWorkspace, startServer, steadyPort } from '../support/server.ts';
import { expectMarks, NOTEBOOK, notebookOf, storedText } from './rooms/kills.ts';
import { BUSY, type Door, Typist, until } from './rooms/typists.ts';

/** What a stop may take, with as much again for a busy machine. */
const STOP_MS = 10_000;
const TYPED = 400;

test('a server that is asked to stop while people type and runs go ends in order, and nothing acknowledged is lost', async () => {
  const workspace = makeWorkspace({ 'stopped.nb.md': NOTEBOOK });
  let server = await startServer(workspace.path, { port: await steadyPort() });
  const { port } = server;
  const id = await notebookOf(server);
  const door: Door = { address: () => `ws://127.0.0.1:${port}`, token: server.token };
  const typists = ['ada', 'ben', 'cem', 'dua'].map((name) => new Typist(door, id, name));
  const total = (): number => typists.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  const runOf = async (run: string) => {
    const { body } = await server.call('GET', `runs/${run}`);
    return body as { state: string; reason?: string };
  };
  try {
    await Promise.all(typists.map(({ live }) => until(live, () => live.save.state === 'saved')));
    const ask = async (paragraphs: readonly string[]): Promise<readonly string[]> => {
      const { body } = await server.call('POST', `notebooks/${id}/runs`, { paragraphs });
      return (body as { runs: { id: string }[] }).runs.map((run) => run.id);
    };
    // One is at work, two wait for it.
    const runs = [...(await ask([BUSY])), ...(await ask(['one', 'two']))];
    await expect.poll(async () => (await runOf(runs[0]!)).state, { timeout: 30_000 }).toBe('running');
    for (const typist of typists) typist.start(5);
    await Promise.race(typists.map(({ live }) => until(live, () => total() >= TYPED)));
    const processes = processesOf(server.process.pid!);

    const signalled = performance.now();
    const code = await new Promise((resolve) => {
      server.process.once('exit', resolve);
      server.process.kill('SIGTERM');
    });
    expect(code).toBe(0);
    expect(performance.now() - signalled).toBeLessThan(STOP_MS);
    expectMarks(await storedText(workspace.path, id), typists, 'acknowledged', 'in the store');
    expectMarks(readFileSync(join(workspace.path, 'stopped.nb.md'), 'utf8'), typists, 'acknowledged', 'in the file');
    await expect.poll(() => processes.filter(isAlive), { timeout: 20_000 }).toEqual([]);

    server = await startServer(workspace.path, { port });
    for (const run of runs) {
      const { state, reason } = await runOf(run);
      expect({ state, reason }).toEqual({ state: 'lost', reason: 'process-gone' });
    }
    for (const typist of typists) typist.stop();
    await Promise.all(typists.map(({ live }) => until(live, () => live.save.state === 'saved')));
    expect(await server.stop()).toBe(0);
    expectMarks(await storedText(workspace.path, id), typists, 'all', 'after they came back');
  } finally {
    for (const typist of typists) {
      typist.stop();
      typist.live.close();
    }
    await server.kill();
    workspace.remove();
  }
}, 120_000);
