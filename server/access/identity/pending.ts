/**
 * Sign-ins that are under way at a provider: each is tied to the browser that began it, ends after ten minutes and is used
 * once. They are in memory: a restart only makes somebody begin anew.
 */
import { digest, newSecret, sameSecret } from '../token.ts';

/** Where a provider sends the browser back to. */
export const CALLBACK = '/sign-in/oidc/callback';
export const PENDING_SECONDS = 10 * 60;
/** A few hundred bytes each. The oldest goes first: nobody is locked out for long by those who begin and never end. */
const MOST = 2000;
/** Of these a network may have begun so many at a time, its oldest going first: a whole office is behind one address. */
const MOST_BY_NETWORK = 200;

export type Pending = {
  readonly state: string;
  readonly nonce: string;
  /** Of PKCE. */
  readonly verifier: string;
  /** As it was told to the provider. */
  readonly redirect: string;
  readonly to: string;
};

export interface Pendings {
  /** Tells the browser's secret: the one it has, or a new one. */
  begin(pending: Pending, browser: string | undefined, network: string): string;
  /** Takes it away, whoever asks: what was shown to the wrong browser is worth nothing afterwards. */
  end(state: string, browser: string | undefined): Pending | undefined;
  readonly size: number;
}

type Kept = Pending & { readonly browser: string; readonly network: string; readonly made: number };

export function openPendings(now: () => number): Pendings {
  /** Oldest first. */
  const all = new Map<string, Kept>();
  const isOver = ({ made }: Kept): boolean => now() - made >= PENDING_SECONDS * 1000 || now() < made;

  function makeRoom(network: string): void {
    for (const [state, one] of all) if (isOver(one)) all.delete(state);
    const same = [...all].filter(([, one]) => one.network === network);
    if (same.length >= MOST_BY_NETWORK) for (const [state] of same.slice(0, 1)) all.delete(state);
    for (const state of all.keys()) {
      if (all.size < MOST) break;
      all.delete(state);
    }
  }

  return {
    begin(pending, browser, network) {
      makeRoom(network);
      // Another tab of the same browser is under way too; a cookie that we did not make is none of ours.
      const isOurs = browser !== undefined && all.values().some((one) => one.browser === digest(browser));
      const secret = isOurs ? browser : newSecret();
      all.set(pending.state, { ...pending, browser: digest(secret), network, made: now() });
      return secret;
    },
    end(state, browser) {
      const kept = all.get(state);
      all.delete(state);
      if (!kept || isOver(kept) || browser === undefined) return undefined;
      return sameSecret(digest(browser), kept.browser) ? kept : undefined;
    },
    get size() {
      return all.size;
    },
  };
}
