/** Whatever an operation threw as an entry of the catalogue: nothing of what went wrong inside leaves the server. */
import { AppError } from '../errors.ts';
import { DatabaseError, type DatabaseTrouble } from '../storage/database.ts';

const BY_FRAMEWORK: Readonly<Record<string, (detail: string) => AppError>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: (detail) => new AppError('unsupported-media-type', detail),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new AppError('payload-too-large', 'this call takes'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new AppError('bad-request', 'Content-Length is not the body’s'),
};

/** `reference` stands in the log beside what happened. */
export function toAppError(error: unknown, reference: string): AppError {
  if (error instanceof AppError) return error;
  // Where it lies and what it said is the operator's to know.
  if (error instanceof DatabaseError) return new AppError('storage-read-only', DATABASE[error.code], { cause: error });
  if (!(error instanceof Error)) return new AppError('internal', reference);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = BY_FRAMEWORK[code];
  if (known) return known(mediaTypeIn(error.message));
  if (code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || error.name === 'AbortError')
    return new AppError('bad-request', 'it broke off');
  if (code === 'ENOSPC' || code === 'disk-full') return new AppError('storage-read-only', 'its disk is full');
  if (code === 'disk-failed') return new AppError('storage-read-only', 'its disk failed', { cause: error });
  const status = 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;
  if (status === 413) return new AppError('payload-too-large', 'this call takes');
  if (status === 404) return new AppError('not-found', 'address');
  if (status >= 400 && status < 500) return new AppError('bad-request', error.message.slice(0, 200));
  return new AppError('internal', reference, { cause: error });
}

const DATABASE = {
  failed: 'its accounts, its disk may be full',
  damaged: 'its accounts, they are damaged: gondola check tells where',
  'read-only': 'its accounts, a newer Gondola wrote them: update this one',
} as const satisfies Readonly<Record<DatabaseTrouble, string>>;

const mediaTypeIn = (message: string): string => /: (.{1,100})$/.exec(message)?.[1] ?? '(none)';
