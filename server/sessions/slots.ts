/** Performs admission: holds its state, its one timer, and those who wait. */
import type { SessionId } from '../protocol/ids.ts';
import {
  type AdmissionEffect,
  type AdmissionEvent,
  type AdmissionLimits,
  type AdmissionState,
  admit,
  emptyAdmission,
  nextTick,
  type Ticket,
} from './admission.ts';

export type Slots = {
  /** True once the session may have processes; false if the signal came first, or the server stops. */
  enter(session: SessionId, waiting: (ahead: number) => void, signal: AbortSignal): Promise<boolean>;
  /** After each `enter` that came true. */
  finish(session: SessionId, alive: boolean): void;
  /** Wants a process before it is needed. */
  ahead(session: SessionId): void;
  /** Whether the session has its slot, and keeps it for now. */
  holds(session: SessionId): boolean;
  /** The last process of a session is gone. */
  gone(session: SessionId): void;
  /** Lets nobody in any more, and sends away who waits. */
  close(): void;
};

export function openSlots(options: {
  readonly limits: AdmissionLimits;
  /** Starts a session's engine; `gone` is called if that does not lead to a process. */
  readonly start: (session: SessionId) => void;
  /** Ends a session's processes; resolves when they are gone. */
  readonly end: (session: SessionId, why: 'idle' | 'unused' | 'room') => Promise<void>;
}): Slots {
  const waiters = new Map<Ticket, { settle(granted: boolean): void; waiting(ahead: number): void }>();
  let state: AdmissionState = emptyAdmission;
  let lastTicket = 0;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function step(event: AdmissionEvent): void {
    const admitted = admit(state, event, performance.now(), options.limits);
    state = admitted.state;
    for (const effect of admitted.effects) perform(effect);
    schedule();
  }

  function perform(effect: AdmissionEffect): void {
    switch (effect.type) {
      case 'grant':
        waiters.get(effect.ticket)?.settle(true);
        return;
      case 'wait':
        waiters.get(effect.ticket)?.waiting(effect.ahead);
        return;
      case 'start':
        options.start(effect.session);
        return;
      case 'end':
        options
          .end(effect.session, effect.why)
          .catch(() => undefined)
          .then(() => step({ type: 'ended', session: effect.session }));
        return;
    }
  }

  function schedule(): void {
    clearTimeout(timer);
    const at = closed ? undefined : nextTick(state, options.limits);
    if (at === undefined) return;
    timer = setTimeout(() => step({ type: 'tick' }), Math.max(0, at - performance.now()) + 1);
    timer.unref();
  }

  return {
    enter(session, waiting, signal) {
      if (closed || signal.aborted) return Promise.resolve(false);
      lastTicket += 1;
      const ticket = lastTicket;
      return new Promise((resolve) => {
        const settle = (granted: boolean): void => {
          signal.removeEventListener('abort', withdraw);
          waiters.delete(ticket);
          resolve(granted);
        };
        const withdraw = (): void => {
          settle(false);
          step({ type: 'withdraw', ticket });
        };
        waiters.set(ticket, { settle, waiting });
        signal.addEventListener('abort', withdraw, { once: true });
        step({ type: 'want', ticket, session });
      });
    },
    finish: (session, alive) => step({ type: 'finish', session, alive }),
    ahead: (session) => step({ type: 'ahead', session }),
    holds: (session) => /^(ahead|busy|idle)$/.test(state.slots.get(session)?.state ?? ''),
    gone: (session) => step({ type: 'gone', session }),
    close() {
      closed = true;
      clearTimeout(timer);
      for (const { settle } of [...waiters.values()]) settle(false);
    },
  };
}
