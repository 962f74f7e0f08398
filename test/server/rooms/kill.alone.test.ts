import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readParagraphs } from '../../../server/protocol/document.ts';
import { makeWorkspace, startServer, steadyPort } from '../../support/server.ts';
import { expectInTime, expectMarks, keepKills, NOTEBOOK, notebookOf, typeThroughKills } from './kills.ts';
import { countMarks, type Door, openTyped, Typist, until } from './typists.ts';

test('25 kills while four people type lose nothing that was acknowledged, and keep each edit once', async () => {
  const outcome = await typeThroughKills(25);
  expectInTime([outcome]);
  keepKills('suite', [outcome]);
}, 420_000);

test('an edit acknowledged just before a kill, and not in the file yet, is in the document and the file after', async () => {
  const workspace = makeWorkspace({ 'killed.nb.md': NOTEBOOK });
  const file = join(workspace.path, 'killed.nb.md');
  let server = await startServer(workspace.path, { port: await steadyPort() });
  const { port } = server;
  const id = await notebookOf(server);
  const door: Door = { address: () => `ws://127.0.0.1:${port}`, token: server.token };
  const typist = new Typist(door, id, 'ada');
  try {
    await until(typist.live, () => typist.live.save.state === 'saved');
    typist.start(10_000);
    await until(typist.live, () => typist.acknowledged === 1);
    const killing = server.kill();
    typist.stop();
    // The page goes with the server: nobody is left to send the edit again.
    typist.live.close();
    await killing;
    expect(countMarks(readFileSync(file, 'utf8')).size).toBe(0);
    server = await startServer(workspace.path, { port });
    const stranger = openTyped(door, id, 'eve');
    await until(stranger, () => stranger.save.state === 'saved');
    const seen = readParagraphs(stranger.doc).paragraphs.map(({ source }) => source);
    stranger.close();
    expectMarks(seen.join('\n'), [typist], 'all', 'in the document');
    await expect.poll(() => countMarks(readFileSync(file, 'utf8')).size, { timeout: 5_000 }).toBe(1);
  } finally {
    typist.live.close();
    await server.kill();
    workspace.remove();
  }
}, 60_000);
