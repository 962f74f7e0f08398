/**
 * The state of an alert, of each key its own: pure, from what it was and what was found. Whoever is told is told of changes,
 * and again while it fires, at intervals; `acknowledged` ends the repeats until it is resolved, `muted` is asked before anything
 * is sent and changes no state.
 */
import type { Verdict } from './condition.ts';

export type AlertState =
  | { readonly is: 'ok' }
  /** Found so many times in a row, which is not yet enough. */
  | { readonly is: 'pending'; readonly times: number }
  | { readonly is: 'firing'; readonly since: number; readonly told: number; readonly acknowledged?: string }
  /** The figure has no value. */
  | { readonly is: 'no-data'; readonly since: number }
  /** It could not be reckoned: the run failed, the result is not there. */
  | { readonly is: 'error'; readonly since: number; readonly why: string };

export type Found = Verdict | { readonly is: 'error'; readonly why: string };

export type Telling = 'firing' | 'still-firing' | 'resolved' | 'no-data' | 'error';

export type Rule = {
  /** Found in a row until it fires; at least 1. */
  readonly pending: number;
  /** Told again after so long; never when absent. */
  readonly repeatMs?: number;
};

export type Next = { readonly state: AlertState; readonly tell?: Telling };

export function nextState(state: AlertState, found: Found, rule: Rule, now: number): Next {
  switch (found.is) {
    case 'error': {
      const was = state.is === 'error';
      return was
        ? { state: { ...state, why: found.why } }
        : { state: { is: 'error', since: now, why: found.why }, tell: 'error' };
    }
    case 'no-data':
      return state.is === 'no-data' ? { state } : { state: { is: 'no-data', since: now }, tell: 'no-data' };
    case 'learning':
    case 'ok':
      // Whoever heard of trouble hears of its end.
      return { state: { is: 'ok' }, ...(state.is === 'ok' || state.is === 'pending' ? {} : { tell: 'resolved' }) };
    case 'breach':
      return breached(state, rule, now);
  }
}

function breached(state: AlertState, rule: Rule, now: number): Next {
  if (state.is === 'firing') {
    const isDue = rule.repeatMs !== undefined && now - state.told >= rule.repeatMs;
    if (!isDue || state.acknowledged !== undefined) return { state };
    return { state: { ...state, told: now }, tell: 'still-firing' };
  }
  const times = state.is === 'pending' ? state.times + 1 : 1;
  if (times < rule.pending) {
    // There are data again, whatever they will come to.
    const isBack = state.is === 'no-data' || state.is === 'error';
    return { state: { is: 'pending', times }, ...(isBack ? { tell: 'resolved' } : {}) };
  }
  return { state: { is: 'firing', since: now, told: now }, tell: 'firing' };
}
