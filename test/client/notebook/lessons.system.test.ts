/** What an empty notebook offers runs: on the real server, over the sample data, over a file, and over nothing. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Lesson, lessonsFor } from '../../../client/notebook/lessons.ts';
import { copySampleData } from '../../../server/samples.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, root, type ServerProcess, startServer } from '../../support/server.ts';

const fences = (lessons: readonly Lesson[]): string =>
  lessons.map(({ interpreter, source }, n) => `\`\`\`${interpreter} id=l${n}\n${source}\n\`\`\`\n`).join('\n');
const FLIGHTS = lessonsFor([{ name: 'data/flights-3m.parquet', source: 'file' }]);
const FILE = lessonsFor([{ name: "data/O'Hare.csv", source: 'file' }]);

const workspace = makeWorkspace({
  'flights.nb.md': fences(FLIGHTS),
  'file.nb.md': fences(FILE),
  'plain.nb.md': fences(lessonsFor([])),
  "data/O'Hare.csv": 'day,flights\n1,20\n2,30\n',
});
let server: ServerProcess;

beforeAll(async () => {
  copySampleData(root, workspace.path);
  server = await startServer(workspace.path);
});
afterAll(async () => {
  await server?.stop();
  workspace.remove();
});

it('offers three for each, in more than one language where the sample is', () => {
  expect([FLIGHTS, FILE, lessonsFor([])].map((lessons) => lessons.length)).toEqual([3, 3, 3]);
  expect(new Set(FLIGHTS.map(({ interpreter }) => interpreter))).toEqual(new Set(['sql', 'typescript']));
});

it.each(['flights', 'file', 'plain'])('runs all of %s', async (name) => {
  const notebook = await notebookAt(server, `${name}.nb.md`);
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  const { runs } = body as { runs: { state: string }[] };
  expect(runs.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
});
