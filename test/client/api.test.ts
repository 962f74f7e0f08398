import { afterEach, expect, test, vi } from 'vitest';
import { call } from '../../client/api.ts';

afterEach(() => vi.unstubAllGlobals());

/** An answer whose head came, and whose body then fails. */
function broken(error: unknown): void {
  vi.stubGlobal('location', { pathname: '/', search: '' });
  vi.stubGlobal('localStorage', { getItem: () => null });
  const body = () => new ReadableStream({ pull: (controller) => controller.error(error) });
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(body())));
}

test('what is given up while its body comes is a failure like others, not an exception', async () => {
  broken(new DOMException('signal is aborted without reason', 'AbortError'));
  expect(await call('/notebooks', {}, (value) => value)).toEqual({
    ok: false,
    problem: { code: 'cancelled', message: '' },
  });
});

test('so is what breaks off', async () => {
  broken(new TypeError('network error'));
  expect(await call('/notebooks', {}, (value) => value)).toMatchObject({ ok: false, problem: { code: 'network' } });
});
