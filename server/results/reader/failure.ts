/** Expected failures of the reader, and what the engine's own errors mean to whoever asked. */
import type { ReaderFailure } from './protocol.ts';

export class ReaderError extends Error {
  readonly code: ReaderFailure['code'];
  constructor(code: ReaderFailure['code'], detail: string) {
    super(detail);
    this.code = code;
  }
}

export function failureOf(error: unknown): ReaderFailure {
  if (error instanceof ReaderError) return { code: error.code, detail: error.message };
  const detail = error instanceof Error ? error.message : String(error);
  if (/^INTERRUPT/i.test(detail)) return { code: 'cancelled', detail: '' };
  if (/no space left|max_temp_directory_size|disk quota/i.test(detail)) return { code: 'disk-full', detail };
  return { code: 'unreadable', detail: detail.slice(0, DETAIL), ...(isFatal(error) ? { broke: true } : {}) };
}

/** Characters: an engine's message may hold a whole statement. */
const DETAIL = 500;

/** The engine refuses everything after such an error: only a new process helps. */
export const isFatal = (error: unknown): boolean => error instanceof Error && /^(FATAL|INTERNAL)/i.test(error.message);

/** So it does: what it refuses is to be asked of the new process. */
export const isRefused = (error: unknown): boolean =>
  error instanceof Error && /database has been invalidated/i.test(error.message);
