/** What loads a package on its first use: from sources it works, and the bundle may still have lost it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';

let workspace: ReturnType<typeof makeWorkspace>;
let server: ServerProcess;
beforeAll(async () => {
  workspace = makeWorkspace({ 'a.nb.md': '# A\n' });
  server = await startServer(workspace.path);
});
afterAll(async () => {
  await server.kill();
  workspace.remove();
});

it('the built server gives its metrics and its OpenAPI document', async () => {
  const metrics = await server.call('GET', '/metrics');
  expect(metrics.status).toBe(200);
  expect(metrics.body).toContain('gondola_notebooks 1\n');
  expect(metrics.body).toContain('process_resident_memory_bytes');
  expect(await server.call('GET', 'openapi.json')).toMatchObject({
    status: 200,
    body: { openapi: expect.any(String) },
  });
});
