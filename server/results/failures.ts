/** What the reader's failures are to whoever asked. Two of them are the client's own affair: it asks again. */
import { AppError } from '../errors.ts';
import type { ReaderFailure } from './reader/protocol.ts';

/** The process ended, or none could be started. */
export class ReaderDied extends Error {}
export class BlockNeeded extends Error {}

export function errorOf({ code, detail }: ReaderFailure): Error {
  switch (code) {
    case 'block-needed':
      return new BlockNeeded();
    case 'gone':
      return new AppError('result-gone');
    case 'source-changed':
      return new AppError('source-changed');
    case 'too-many':
      return new AppError('too-many', detail);
    case 'disk-full':
      return new AppError('storage-read-only', detail);
    case 'bad-request':
      return new AppError('bad-request', detail);
    case 'unreadable':
    case 'cancelled':
      return new AppError('result-unreadable', detail);
  }
}
