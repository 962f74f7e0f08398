import { expect, it } from 'vitest';
import { toAppError } from '../../../server/http/failures.ts';

it('a client that goes in the middle of its body is no fault of the server’s', () => {
  for (const code of ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE']) {
    const error = toAppError(Object.assign(new Error('aborted'), { code }), 'reference');
    expect([error.code, error.status]).toEqual(['bad-request', 400]);
  }
});
