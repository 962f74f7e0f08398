/** How a process came to its end, and in which words that is told. */
import { constants } from 'node:os';
import type { Failure } from '../../interpreters/protocol.ts';
import type { EndReason } from '../protocol/runs.ts';

export type ChildExit = { readonly code: number | null; readonly signal: string | null };

/** Why the server ended a process. */
export type EndCause =
  | { readonly kind: 'limit'; readonly reason: EndReason; readonly failure: Failure }
  | { readonly kind: 'protocol'; readonly message: string }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'restart' }
  /** Others need its memory, or nobody needs it. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'stop' };

/** `lastWords`: the end of what it wrote to stdout and stderr. */
export type Gone = ChildExit & { readonly cause?: EndCause; readonly lastWords: string };

export type NotReady = { readonly failure: Failure; readonly reason?: EndReason };

const detailOf = (end: Gone): { readonly detail?: string } => (end.lastWords === '' ? {} : { detail: end.lastWords });

/** Why a process that never got ready did not. */
export function notReady(interpreter: string, end: Gone): NotReady {
  if (end.cause?.kind === 'limit') return { failure: end.cause.failure, reason: end.cause.reason };
  return {
    failure: {
      code: 'session-failed',
      message: `The ${interpreter} process did not start: ${describe(end)}.`,
      hint: 'Run it again; if it fails again, restart the session. The server’s log says more.',
      ...detailOf(end),
    },
  };
}

/** What the end of a process costs. */
export const KEPT = 'Tables are kept; variables and temporary tables are gone.';

/** For a run whose process went away. */
export const goneUnder = (interpreter: string, end: Gone): Failure => ({
  code: 'process-gone',
  message: `The ${interpreter} process ended under the run: ${describe(end)}.`,
  hint: `Run it again: a new process starts. ${KEPT}`,
  ...detailOf(end),
});

function describe(end: Gone): string {
  if (end.cause?.kind === 'protocol') return end.cause.message;
  if (end.cause?.kind === 'stop') return 'the server is stopping';
  if (end.cause) return 'it was ended';
  const signal = end.signal ?? signalOf(end.code ?? 0);
  if (signal === 'SIGKILL') return 'it was killed from outside; the machine may be out of memory';
  return signal === undefined ? `exit code ${end.code}` : `signal ${signal}`;
}

/** A shell and bubblewrap tell of a signal by 128 and its number. */
const signalOf = (code: number): string | undefined =>
  Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
