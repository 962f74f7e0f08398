import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { faultsOf } from '../bench/load/load.ts';
import { compareMarks, marksIn } from '../bench/load/marks.ts';
import { Pen } from '../bench/load/pen.ts';
import { root } from '../support/server.ts';
import { FULL, loadFor, P99_MS, RSS_MB } from './r14.ts';
import { OPEN_MS, START_MS, store } from './r15.ts';

const SECONDS = 6;
/** Clients later than this with their own edits had no processor to themselves: what they measured is their own waiting. */
const OWN_LATE_MS = 50;

test('500 clients on 50 notebooks, 2,000 edits a second: each edit is acknowledged, and once in the server and in every page', async () => {
  const loaded = await loadFor(SECONDS);
  expect(faultsOf(loaded)).toEqual([]);
  expect(loaded.edits).toBe(FULL.edits * SECONDS);
  // Each notebook has ten of them: nine get what one writes.
  expect(loaded.delivered.count).toBeGreaterThanOrEqual(loaded.edits * (FULL.clients / FULL.notebooks - 1));
  expect(loaded.rssMB).toBeLessThanOrEqual(RSS_MB);
  if (loaded.lateMs <= OWN_LATE_MS) expect(loaded.acknowledged.p99).toBeLessThanOrEqual(10 * P99_MS);
});

test('a workspace of 500 notebooks starts, and opens those of 200 paragraphs whole', async () => {
  const { wrong, openMs, startMs } = await store(500, 5, 2);
  expect(wrong).toBe(0);
  expect(Math.min(...startMs)).toBeLessThanOrEqual(2 * START_MS);
  expect(openMs.toSorted((a, b) => a - b)[2]).toBeLessThanOrEqual(2 * OPEN_MS);
});

test('the load tool loads no other machine than this', () => {
  const tool = join(root, 'test', 'bench', 'load', 'run.ts');
  const { status, stderr } = spawnSync(process.execPath, [tool, '--at', 'http://192.0.2.1:8080/?token=x'], {
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('is not this machine') });
});

test('a mark that is missing, or stands twice, is told', () => {
  const written = new Map([
    [1, 3],
    [2, 1],
  ]);
  expect(compareMarks(marksIn('<1.0><1.1><2.0><1.2>'), written)).toEqual({ missing: 0, repeated: 0 });
  expect(compareMarks(marksIn('<1.0>x<1.2><2.0><1.0><3.0>'), written)).toEqual({ missing: 1, repeated: 1 });
});

test('what a pen writes is what a document would have sent for the same keys', () => {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const text = new Y.Text();
  doc.getMap('paragraphs').set('p', text);
  const pen = new Pen(9, text._item!.id);
  const typed = new Y.Doc();
  Y.applyUpdate(typed, Y.encodeStateAsUpdate(doc));
  typed.clientID = 9;
  const sent: Uint8Array[] = [];
  typed.on('update', (update: Uint8Array) => sent.push(update));
  const mine = typed.getMap('paragraphs').get('p') as Y.Text;
  mine.insert(0, '<9.0>');
  mine.insert(5, '<9.1>');
  expect([pen.write('<9.0>'), pen.write('<9.1>')].map((update) => [...update])).toEqual(
    sent.map((update) => [...update]),
  );
});
