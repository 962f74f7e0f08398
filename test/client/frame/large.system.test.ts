/** A spec of 20 MB, as a program may write one: the real server takes the text, and its run says in words why it is not drawn. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MAX_SPEC } from '../../../interpreters/sql/vega-lite.ts';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

const MB = 2 ** 20;
let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
let id: string;
beforeAll(async () => {
  workspace = makeWorkspace({ 'large.nb.md': '# Large\n' });
  server = await startServer(workspace.path);
  id = await notebookAt(server, 'large.nb.md');
});
afterAll(async () => {
  await server?.stop();
  workspace?.remove();
});

/** A spec with rows of its own, of so many characters. */
function specOf(length: number): string {
  const [head, tail] = ['{"data":{"values":[', '{"a":1}]},"mark":"bar","encoding":{"x":{"field":"a"}}}'];
  const row = '{"a":1},\n';
  return `${head}${row.repeat(Math.floor((length - head.length - tail.length) / row.length))}${tail}`;
}
const put = (text: string) =>
  server.call('PUT', `notebooks/${id}/text`, text, { 'content-type': 'text/markdown', 'if-match': '*' });
async function failureOf(length: number): Promise<unknown> {
  const { status, body } = await put(`# Large\n\n\`\`\`vega-lite id=big\n${specOf(length)}\n\`\`\`\n`);
  expect([status, body]).toEqual([204, '']);
  const run = await server.call('POST', `notebooks/${id}/runs?wait=60`, { paragraphs: ['big'] });
  const [first] = (run.body as { runs: { id: string }[] }).runs;
  return (await server.call('GET', `runs/${first!.id}`)).body;
}

it('of more than can run is kept, and its run says so', async () => {
  const failed = await failureOf(20 * MB);
  expect(JSON.stringify(failed)).toContain('The paragraph is longer than 2 MB, the most that can run.');
  expect(JSON.stringify(failed)).toContain('Put the data into a file.');
}, 120_000);

it('of more than is drawn says where rows belong', async () => {
  const failed = JSON.stringify(await failureOf(MAX_SPEC + 200_000));
  expect(failed).toMatch(/The spec has [\d,]+ characters; 1,000,000 can be drawn\./);
  expect(failed).toContain('Keep rows in a table or a file');
}, 120_000);

it('of more than a call takes is refused whole', async () => {
  const { status, body } = await put('x'.repeat(33 * MB));
  expect([status, body]).toMatchObject([413, { error: { code: 'payload-too-large' } }]);
}, 120_000);

it('leaves the server well', async () => {
  expect((await put('# Small\n')).status).toBe(204);
}, 120_000);
