import { expect, it } from 'vitest';
import { toAppError } from '../../../server/http/failures.ts';

it('a client that goes in the middle of its call is no fault of the server’s', () => {
  const broken = ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].map((code) =>
    Object.assign(new Error('aborted'), { code }),
  );
  for (const cause of [...broken, AbortSignal.abort().reason]) {
    const error = toAppError(cause, 'reference');
    expect([error.code, error.status]).toEqual(['bad-request', 400]);
  }
});
