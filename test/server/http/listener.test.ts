/** What listens outlives connections that could not be taken. */
import { expect, it } from 'vitest';
import { plainListener } from '../../../server/http/listener.ts';

it('an error of accepting ends nothing, and a port that is taken is told', async () => {
  const listener = plainListener();
  listener.requests.on('request', (_request, response) => response.end('here'));
  const port = await listener.listen({ host: '127.0.0.1', port: 0 });
  for (const code of ['ENFILE', 'ENOBUFS'])
    listener.requests.emit('error', Object.assign(new Error(`accept ${code}`), { code }));
  expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('here');
  const second = plainListener();
  await expect(second.listen({ host: '127.0.0.1', port })).rejects.toThrow(/EADDRINUSE/);
  for (const one of [listener, second]) one.close();
});
