import { expect, it } from 'vitest';
import { toAppError } from '../../../server/http/failures.ts';
import { DatabaseError } from '../../../server/storage/database.ts';

it('a client that goes in the middle of its call is no fault of the server’s', () => {
  const broken = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].map((code) =>
    Object.assign(new Error('aborted'), { code }),
  );
  for (const cause of [...broken, AbortSignal.abort().reason]) {
    const error = toAppError(cause, 'reference');
    expect([error.code, error.status]).toEqual(['bad-request', 400]);
  }
});

it('of the database say what to do, and no path', () => {
  for (const [trouble, what] of [
    ['failed', 'disk'],
    ['damaged', 'gondola check'],
    ['read-only', 'update'],
  ] as const) {
    const error = toAppError(new DatabaseError(trouble, '/home/ada/.gondola/gondola.db: malformed'), 'reference');
    expect(error).toMatchObject({ code: 'storage-read-only', status: 507, message: expect.stringContaining(what) });
    expect(error.message).not.toContain('/home');
  }
});
