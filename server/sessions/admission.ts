/**
 * Which sessions may have processes: the pure part. A bounded number of slots, each an engine's share of memory.
 * A run takes its session's slot, or a free one, or that of an engine nobody used yet, or that of the session idle for
 * longest; only if none is idle does it wait, first come first served. Engines started ahead take free slots only.
 * Visitors come after the notebooks' own sessions: they leave these one slot, wait behind them, and give up an idle slot first.
 * Of the visitors' slots a crowd, who all came by one link, leaves a third to others, at least one where there are two.
 *
 *   ahead → busy ⇄ idle → ending → (gone)
 */
import type { SessionId } from '../protocol/ids.ts';

export type AdmissionLimits = {
  readonly sessions: number;
  readonly ahead: number;
  readonly aheadMs: number;
  readonly idleMs: number;
  /** Nobody's by default. */
  readonly isVisitor?: (session: SessionId) => boolean;
  /** Visitors of whom nobody knows more than what they came by; undefined of all others. */
  readonly crowdOf?: (session: SessionId) => string | undefined;
};

/** Of the visitors' slots: whoever holds a link is another visitor as often as they like, and their runs may take hours. */
const OTHERS_SHARE = 1 / 3;

type Slot =
  | { readonly state: 'ahead'; readonly since: number }
  | { readonly state: 'busy'; readonly runs: number }
  | { readonly state: 'idle'; readonly since: number }
  | { readonly state: 'ending' };

export type Ticket = number;
export type Waiter = { readonly ticket: Ticket; readonly session: SessionId };

export type AdmissionState = {
  readonly slots: ReadonlyMap<SessionId, Slot>;
  readonly waiting: readonly Waiter[];
  /** Wanted ahead as soon as a slot is free: the latest only. */
  readonly ahead?: SessionId;
};

export const emptyAdmission: AdmissionState = { slots: new Map(), waiting: [] };

export type AdmissionEvent =
  | { readonly type: 'want'; readonly ticket: Ticket; readonly session: SessionId }
  | { readonly type: 'withdraw'; readonly ticket: Ticket }
  /** A granted run ended; `alive`: the session still has a process. */
  | { readonly type: 'finish'; readonly session: SessionId; readonly alive: boolean }
  | { readonly type: 'ahead'; readonly session: SessionId }
  /** The last process of a session is gone. */
  | { readonly type: 'gone'; readonly session: SessionId }
  /** What an `end` asked for is done, also where there was no process. */
  | { readonly type: 'ended'; readonly session: SessionId }
  | { readonly type: 'tick' };

export type AdmissionEffect =
  | { readonly type: 'grant'; readonly ticket: Ticket; readonly session: SessionId }
  | { readonly type: 'wait'; readonly ticket: Ticket; readonly ahead: number }
  | { readonly type: 'start'; readonly session: SessionId }
  | { readonly type: 'end'; readonly session: SessionId; readonly why: 'idle' | 'unused' | 'room' };

export type Admitted = { readonly state: AdmissionState; readonly effects: readonly AdmissionEffect[] };

export function admit(before: AdmissionState, event: AdmissionEvent, now: number, limits: AdmissionLimits): Admitted {
  const slots = new Map(before.slots);
  const isVisitor = limits.isVisitor ?? (() => false);
  const effects: AdmissionEffect[] = [];
  let waiting = before.waiting;
  let ahead = before.ahead;

  const end = (session: SessionId, why: 'idle' | 'unused' | 'room'): void => {
    slots.set(session, { state: 'ending' });
    effects.push({ type: 'end', session, why });
  };
  const take = (waiter: Waiter): boolean => {
    const slot = slots.get(waiter.session);
    if (slot?.state === 'ending' || (!slot && (slots.size >= limits.sessions || takenBy(waiter.session)))) return false;
    slots.set(waiter.session, { state: 'busy', runs: (slot?.state === 'busy' ? slot.runs : 0) + 1 });
    effects.push({ type: 'grant', ...waiter });
    return true;
  };

  switch (event.type) {
    case 'want':
      waiting = inTurn([...waiting, { ticket: event.ticket, session: event.session }]);
      break;
    case 'withdraw':
      waiting = waiting.filter(({ ticket }) => ticket !== event.ticket);
      break;
    case 'finish': {
      const slot = slots.get(event.session);
      if (slot?.state !== 'busy') break;
      if (slot.runs > 1) slots.set(event.session, { state: 'busy', runs: slot.runs - 1 });
      else if (event.alive) slots.set(event.session, { state: 'idle', since: now });
      else slots.delete(event.session);
      break;
    }
    case 'gone':
      // A busy session is told of by `finish`: its run may be starting the next process already.
      if (slots.get(event.session)?.state !== 'busy') slots.delete(event.session);
      break;
    case 'ended':
      if (slots.get(event.session)?.state === 'ending') slots.delete(event.session);
      break;
    case 'ahead':
      if (!slots.has(event.session)) ahead = event.session;
      break;
    case 'tick':
      for (const [session, slot] of slots) {
        if (slot.state === 'idle' && now - slot.since >= limits.idleMs) end(session, 'idle');
        if (slot.state === 'ahead' && now - slot.since >= limits.aheadMs) end(session, 'unused');
      }
      break;
  }

  waiting = waiting.filter((waiter) => !take(waiter));
  makeRoom();
  startAhead();
  if (waiting !== before.waiting) {
    waiting.forEach(({ ticket }, index) => {
      if (before.waiting[index]?.ticket !== ticket) effects.push({ type: 'wait', ticket, ahead: index });
    });
  }
  return { state: { slots, waiting, ...(ahead === undefined ? {} : { ahead }) }, effects };

  /** Whose slots are all taken, of those that this one may have: of visitors, as one is always for the notebooks' own. */
  function takenBy(session: SessionId): ((other: SessionId) => boolean) | undefined {
    if (!isVisitor(session)) return undefined;
    const most = Math.max(1, limits.sessions - 1);
    const crowd = limits.crowdOf?.(session);
    const ofCrowd = (other: SessionId): boolean => isVisitor(other) && limits.crowdOf?.(other) === crowd;
    const count = (of: (other: SessionId) => boolean): number => [...slots.keys()].filter(of).length;
    const mostOfCrowd = Math.max(1, most - Math.max(1, Math.floor(most * OTHERS_SHARE)));
    if (crowd !== undefined && count(ofCrowd) >= mostOfCrowd) return ofCrowd;
    return count(isVisitor) >= most ? isVisitor : undefined;
  }

  /** Visitors behind all others, else as they came. */
  function inTurn(all: readonly Waiter[]): readonly Waiter[] {
    return [...all.filter(({ session }) => !isVisitor(session)), ...all.filter(({ session }) => isVisitor(session))];
  }

  /** Ends as many as there are sessions waiting for a slot, and no more. */
  function makeRoom(): void {
    const homeless = new Set(waiting.map(({ session }) => session).filter((session) => !slots.has(session)));
    const leaving = new Set([...slots].flatMap(([session, { state }]) => (state === 'ending' ? [session] : [])));
    for (const session of homeless) {
      // Where all that it may have are taken, only one of these makes room for it.
      const taken = takenBy(session);
      const coming = [...leaving].find((one) => taken?.(one) ?? true);
      if (coming !== undefined) leaving.delete(coming);
      else {
        const victim =
          longest('idle', taken ?? isVisitor) ?? (taken ? undefined : (longest('ahead') ?? longest('idle')));
        if (victim !== undefined) end(victim, 'room');
      }
    }
  }

  function startAhead(): void {
    if (ahead === undefined) return;
    if (slots.has(ahead) || waiting.length > 0) {
      ahead = undefined;
      return;
    }
    const unused = [...slots.values()].filter(({ state }) => state === 'ahead').length;
    if (unused >= limits.ahead) {
      const oldest = longest('ahead');
      if (oldest !== undefined) end(oldest, 'unused');
    } else if (slots.size < limits.sessions) {
      slots.set(ahead, { state: 'ahead', since: now });
      effects.push({ type: 'start', session: ahead });
      ahead = undefined;
    } else if (![...slots.values()].some(({ state }) => state === 'ending')) ahead = undefined;
  }

  function longest(
    state: 'ahead' | 'idle',
    among: (session: SessionId) => boolean = () => true,
  ): SessionId | undefined {
    let found: { session: SessionId; since: number } | undefined;
    for (const [session, slot] of slots) {
      if (slot.state === state && among(session) && (!found || slot.since < found.since))
        found = { session, since: slot.since };
    }
    return found?.session;
  }
}

/** When `tick` is next of use. */
export function nextTick(state: AdmissionState, limits: AdmissionLimits): number | undefined {
  const times = [...state.slots.values()].flatMap((slot) =>
    slot.state === 'idle' ? [slot.since + limits.idleMs] : slot.state === 'ahead' ? [slot.since + limits.aheadMs] : [],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}

export const waitingText = (ahead: number): string => (ahead === 0 ? 'memory' : `memory, ${ahead} ahead`);
