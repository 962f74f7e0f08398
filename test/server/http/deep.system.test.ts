/** JSON nested deeper than any honest client sends. */
import { expect, test } from 'vitest';
import { makeWorkspace, startServer } from '../../support/server.ts';

test('a body of 400,000 levels is refused, and the server goes on', async () => {
  const workspace = makeWorkspace();
  const server = await startServer(workspace.path);
  try {
    const deep = `{"title":${'['.repeat(400_000)}${']'.repeat(400_000)}}`;
    const refused = await server.call('POST', 'notebooks', deep, { 'content-type': 'application/json' });
    expect(refused).toMatchObject({ status: 400, body: { error: { code: 'bad-request' } } });
    expect((await server.call('POST', 'notebooks', { title: 'After' })).status).toBe(201);
  } finally {
    await server.stop();
    workspace.remove();
  }
});
