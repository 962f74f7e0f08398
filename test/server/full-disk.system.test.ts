/** A real disk that is full, while a server runs on it and when one starts on it. */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { missing } from '../support/missing.ts';
import { type ServerProcess, startServer, steadyPort } from '../support/server.ts';
import { expectMarks, NOTEBOOK, notebookOf, storedText } from './rooms/kills.ts';
import { type Door, Typist, until } from './rooms/typists.ts';

const folder = mkdtempSync(join(tmpdir(), 'gondola-full-'));

function mounted(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=40m', 'gondola', folder], { stdio: 'ignore' });
    return true;
  } catch {
    missing('the right to mount a small disk');
    return false;
  }
}

const isMounted = mounted();
beforeAll(() => writeFileSync(join(folder, 'full.nb.md'), NOTEBOOK));
afterAll(() => {
  if (isMounted) execFileSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

const filler = join(folder, 'filler.bin');

/** Takes all that is left. */
function fill(): void {
  const file = openSync(filler, 'a');
  try {
    for (let size = 1024 * 1024; size >= 1; size = Math.floor(size / 4)) {
      const bytes = new Uint8Array(size);
      try {
        for (;;) if (writeSync(file, bytes) < size) break;
      } catch {
        // Full for this size.
      }
    }
  } finally {
    closeSync(file);
  }
}

describe.skipIf(!isMounted)('on a full disk', () => {
  it('nothing false is acknowledged, everybody is told, a server starts, and it goes on by itself', async () => {
    let server: ServerProcess = await startServer(folder, { port: await steadyPort() });
    const { port } = server;
    const id = await notebookOf(server);
    const door: Door = { address: () => `ws://127.0.0.1:${port}`, token: server.token };
    const typist = new Typist(door, id, 'ada');
    try {
      typist.start(10);
      await until(typist.live, () => typist.acknowledged > 50);
      fill();
      await until(typist.live, () => typist.live.save.state === 'read-only');
      // The ballast’s room too.
      fill();
      await server.kill();
      const stored = await storedText(folder, id);
      expectMarks(stored, [typist], 'acknowledged', 'on the full disk');
      const told = typist.acknowledged;
      server = await startServer(folder, { port });
      await until(typist.live, () => typist.live.save.state === 'read-only');
      expect((await server.call('GET', `notebooks/${id}`)).status).toBe(200);
      expect(typist.acknowledged).toBe(told);

      rmSync(filler);
      await until(typist.live, () => typist.acknowledged > told + 50);
      typist.stop();
      await until(typist.live, () => typist.live.save.state === 'saved');
      expect(await server.stop()).toBe(0);
      expectMarks(await storedText(folder, id), [typist], 'all', 'with room again');
    } finally {
      typist.stop();
      typist.live.close();
      await server.kill();
    }
  });
});
