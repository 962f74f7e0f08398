/** Kills of the real server, and what must be found after each: shared by the suite and the nightly lane. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { readParagraphs } from '../../../server/protocol/document.ts';
import type { Epoch, NotebookId } from '../../../server/protocol/ids.ts';
import { loadDocument } from '../../../server/rooms/load.ts';
import { openStore } from '../../../server/rooms/store.ts';
import { openFiles } from '../../../server/storage/disk/files.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';
import { countMarks, type Door, openTyped, Typist, until } from './typists.ts';

const AT_ONCE = 10;
/** More than 200, so that the outages between make few edits late on a slow machine. */
const EDITS_BETWEEN = 800;
export const NOTEBOOK = '# Killed\n\nprose\n\n```sql id=one\nselect 1\n```\n\n```sql id=two\nselect 2\n```\n';

/** All text of the notebook as the store alone has it, while no server runs. */
export async function storedText(workspace: string, id: NotebookId): Promise<string> {
  const disk = openFiles(join(workspace, '.gondola'));
  const opening = await openStore(disk, `notebooks/${id}`, 'none' as Epoch);
  if (opening.state !== 'open') throw new Error(opening.detail);
  const { doc, refused } = loadDocument(opening.updates);
  await opening.store.close();
  await disk.close();
  expect(refused).toEqual([]);
  return readParagraphs(doc)
    .paragraphs.map(({ source }) => source)
    .join('\n');
}

export async function notebookOf(server: ServerProcess): Promise<NotebookId> {
  const { body } = await server.call('GET', 'notebooks');
  const { items } = body as { items: { id: NotebookId }[] };
  return items[0]!.id;
}

export function expectMarks(
  text: string,
  typists: readonly Typist[],
  which: 'acknowledged' | 'all',
  when: string,
): void {
  const counts = countMarks(text);
  const wrong = typists.flatMap(({ marks, acknowledged }) =>
    marks.slice(0, which === 'all' ? marks.length : acknowledged).filter((mark) => counts.get(mark) !== 1),
  );
  expect(wrong, when).toEqual([]);
}

/** Four people type; nothing that was acknowledged is lost, and each edit is found once. */
export async function typeThroughKills(kills: number): Promise<void> {
  const workspace = makeWorkspace({ 'killed.nb.md': NOTEBOOK });
  let server = await startServer(workspace.path);
  const { port } = server;
  const id = await notebookOf(server);
  const door: Door = { address: () => `ws://127.0.0.1:${port}`, token: server.token };
  const typists = ['ada', 'ben', 'cem', 'dua'].map((name) => new Typist(door, id, name));
  try {
    await Promise.all(typists.map(({ live }) => until(live, () => live.save.state === 'saved')));
    for (const typist of typists) typist.start(8);
    const total = () => typists.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
    for (let kill = 1; kill <= kills; kill += 1) {
      const goal = total() + EDITS_BETWEEN;
      await Promise.race(typists.map(({ live }) => until(live, () => total() >= goal)));
      if (kill <= AT_ONCE) {
        // Within 50 ms of an acknowledgement, at a different moment each time.
        const [typist] = typists;
        await new Promise<void>((resolve) => {
          typist!.onAcknowledged = () => {
            typist!.onAcknowledged = () => {};
            setTimeout(resolve, 4 * kill);
          };
        });
      }
      await server.kill();
      expectMarks(await storedText(workspace.path, id), typists, 'acknowledged', `kill ${kill}`);
      server = await startServer(workspace.path, { port });
    }
    for (const typist of typists) typist.stop();
    await Promise.all(typists.map(({ live }) => until(live, () => live.save.state === 'saved')));

    const stranger = openTyped(door, id, 'eve');
    await until(stranger, () => stranger.save.state === 'saved');
    const seen = readParagraphs(stranger.doc).paragraphs.map(({ source }) => source);
    stranger.close();
    expectMarks(seen.join('\n'), typists, 'all', 'at the end, for a newcomer');
    const latencies = typists.flatMap((typist) => typist.latencies).sort((a, b) => a - b);
    const within = latencies.filter((ms) => ms <= 1000).length / latencies.length;
    expect(latencies.length).toBeGreaterThanOrEqual(kills * EDITS_BETWEEN);
    expect(within).toBeGreaterThanOrEqual(0.95);

    expect(await server.stop()).toBe(0);
    expectMarks(readFileSync(join(workspace.path, 'killed.nb.md'), 'utf8'), typists, 'all', 'in the file');
  } finally {
    for (const typist of typists) {
      typist.stop();
      typist.live.close();
    }
    await server.kill();
    workspace.remove();
  }
}
