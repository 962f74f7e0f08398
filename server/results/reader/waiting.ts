import { ReaderError } from './failure.ts';

/** Waits no longer than `signal` allows; the work itself goes on for whoever asks next. */
export async function whileNot<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  if (signal.aborted) throw new ReaderError('cancelled', '');
  let abort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(new ReaderError('cancelled', ''));
    signal.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
