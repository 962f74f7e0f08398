/** What happens to files while no server runs. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { notebookAt } from '../../support/page.ts';
import { makeWorkspace, type ServerProcess, startServer } from '../../support/server.ts';

let server: ServerProcess;
let workspace: ReturnType<typeof makeWorkspace>;
afterEach(async () => {
  await server.stop();
  workspace.remove();
});

const TEXT = '# Flights\n\nOne line.\n\nAnother line.\n\n```sql id=one\nselect 1\n```\n';

test('a notebook that was opened keeps its id when its file is renamed while no server runs', async () => {
  workspace = makeWorkspace({ 'before.nb.md': TEXT });
  server = await startServer(workspace.path);
  const id = await notebookAt(server, 'before.nb.md');
  await server.call('POST', `notebooks/${id}/runs?wait=20`, {});
  await server.stop();
  renameSync(join(workspace.path, 'before.nb.md'), join(workspace.path, 'after.nb.md'));
  server = await startServer(workspace.path);
  expect(await notebookAt(server, 'after.nb.md')).toBe(id);
});

test('a file that was edited while no server ran is what its notebook shows then', async () => {
  workspace = makeWorkspace({ 'a.nb.md': TEXT });
  server = await startServer(workspace.path);
  const id = await notebookAt(server, 'a.nb.md');
  await server.call('POST', `notebooks/${id}/runs?wait=20`, {});
  await server.stop();
  writeFileSync(join(workspace.path, 'a.nb.md'), TEXT.replace('Another', 'A better'));
  server = await startServer(workspace.path);
  const { body } = await server.call('GET', `notebooks/${id}`);
  expect(JSON.stringify(body)).toContain('A better line.');
  expect(readFileSync(join(workspace.path, 'a.nb.md'), 'utf8')).toBe(TEXT.replace('Another', 'A better'));
});
