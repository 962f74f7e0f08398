/**
 * What a process is asked for runs of other processes: each question gets its answer, whatever becomes of the process; what
 * it tells of such a run meanwhile goes to that run. Work that goes on for a run that is over would keep all others waiting,
 * so a process that does not leave it is ended.
 */
import type { Event, Failure, Request } from '../../interpreters/protocol.ts';
import { CANCEL_ASKED_MS, CANCEL_SIGNALLED_MS } from './limits.ts';
import type { RelayedEvent } from './run.ts';
import { later } from './text.ts';

export type Ask = Omit<Extract<Request, { readonly type: 'ask' }>, 'type' | 'call'>;
export type Answer = { readonly result?: unknown; readonly error?: Failure };
/** Takes what the engine tells of a run that is another process's. */
export type Relay = (event: RelayedEvent) => void;

export type Questions = {
  /** Resolves in any case; `relay` gets the run's events before that. */
  ask(call: number, ask: Ask, relay: Relay): Promise<Answer>;
  /** Interrupts what the run asked. */
  cancel(run: string): void;
  /** A run that asked has ended: what it asked is interrupted, and what it holds is let go. */
  release(run: string): void;
  answered(event: Event & { readonly type: 'answer' }): void;
  tell(event: RelayedEvent): void;
  /** The process is gone. */
  gone(failure: Failure): void;
  /** A run whose question is under way. */
  working(): string | undefined;
  /** Whether a run that asked goes on: what it holds here would go with the process. */
  isHeld(): boolean;
};

/** `send` is false where the message is too long; `kill` ends the process. */
export function openQuestions(send: (request: Request) => boolean, kill: () => void): Questions {
  const open = new Map<number, { readonly run: string; settle(answer: Answer): void }>();
  const relays = new Map<string, Relay>();
  let ended: Failure | undefined;

  const isOpen = (run: string): boolean => [...open.values()].some((one) => one.run === run);
  const leave = (run: string): void => {
    if (!isOpen(run)) return;
    later(() => {
      if (isOpen(run)) kill();
    }, CANCEL_ASKED_MS + CANCEL_SIGNALLED_MS);
  };

  return {
    ask(call, { run, ...rest }, relay) {
      if (ended) return Promise.resolve({ error: ended });
      return new Promise((resolve) => {
        const settle = (answer: Answer): void => {
          open.delete(call);
          resolve(answer);
        };
        relays.set(run, relay);
        open.set(call, { run, settle });
        if (!send({ type: 'ask', call, run, ...rest })) settle({ error: TOO_LONG });
      });
    },
    cancel(run) {
      send({ type: 'cancel', run });
      leave(run);
    },
    release(run) {
      relays.delete(run);
      send({ type: 'release', run });
      leave(run);
    },
    answered: (event) => open.get(event.call)?.settle(event),
    tell: (event) => relays.get(event.run)?.(event),
    gone(failure) {
      ended = failure;
      for (const { settle } of [...open.values()]) settle({ error: failure });
      relays.clear();
    },
    working: () => open.values().next().value?.run,
    isHeld: () => relays.size > 0,
  };
}

const TOO_LONG: Failure = {
  code: 'source-too-long',
  message: 'The query and its values are longer than what can be sent to the engine.',
  hint: 'Write the values into a table, and join that.',
};

export const ANSWER_TOO_LONG: Failure = {
  code: 'too-wide',
  message: 'The answer is longer than what can be sent back: it has too many columns.',
  hint: 'Select fewer columns.',
};
