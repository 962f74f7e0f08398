/** What loads a package on its first use: from sources it works, and the bundle may still have lost it. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';

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

it('a start, and a server that is in use, load no client of a provider before somebody signs in by one', () => {
  const dist = join(root, 'dist');
  const chunks = readdirSync(join(dist, 'chunks')).filter((name) => name.endsWith('.js'));
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const imports = readFileSync(file, 'utf8').matchAll(/(?:\bimport|\bfrom)\s*"(\.{1,2}\/[^"]+\.js)"/g);
    for (const [, path] of imports) load(join(dirname(file), path!));
  };
  load(join(dist, 'server', 'main.js'));
  const opened = chunks.filter((name) => /^(app|parts)-/.test(name));
  expect(opened).toHaveLength(2);
  for (const name of opened) load(join(dist, 'chunks', name));
  const clientsIn = (file: string): readonly string[] => {
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: readonly string[] };
    return sources.filter((source) => /node_modules\/(openid-client|oauth4webapi|jose|ldapts)\//.test(source));
  };
  expect(loaded.size).toBeGreaterThan(5);
  expect([...loaded].flatMap(clientsIn)).toEqual([]);
  // They are somewhere.
  expect(chunks.flatMap((name) => clientsIn(join(dist, 'chunks', name))).length).toBeGreaterThan(5);
});
