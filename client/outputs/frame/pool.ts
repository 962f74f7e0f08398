/**
 * Which frames of a page are alive: those in view first, then those near it, the latest first, and no more than a
 * handful, as each costs memory and often a process. Pure in its choice; two observers tell it where its entries are.
 */

/** A screen ahead, so that ordinary scrolling finds things drawn. */
const NEAR = '800px 0px';
/** A tall screen shows so many; the rest stand as their last picture. */
export const MOST_ALIVE = 12;

export type Place = 'away' | 'near' | 'seen';
type Entry = Spot & { place: Place; since: number; alive: boolean };

export type Spot = {
  /** It may live, or must go. */
  readonly change: (alive: boolean) => void;
  /** It came into view. */
  readonly seen: () => void;
};
export type Joined = { isSeen(): boolean; release(): void };
export type Pool = { join(element: Element, spot: Spot): Joined };

export type Choosable = { readonly place: Place; readonly since: number };

/** Those that may live, of all. */
export function chooseAlive<T extends Choosable>(entries: Iterable<T>, most = MOST_ALIVE): ReadonlySet<T> {
  const worth = (entry: T): number => (entry.place === 'seen' ? 1 : 0);
  return new Set(
    [...entries]
      .filter((entry) => entry.place !== 'away')
      .sort((a, b) => worth(b) - worth(a) || b.since - a.since)
      .slice(0, most),
  );
}

export function createPool(): Pool {
  const entries = new Map<Element, Entry>();
  let clock = 0;

  function settle(): void {
    const chosen = chooseAlive(entries.values());
    // First those that go, so that there are never more than allowed.
    for (const alive of [false, true]) {
      for (const entry of entries.values()) {
        if (chosen.has(entry) !== alive || entry.alive === alive) continue;
        entry.alive = alive;
        entry.change(alive);
      }
    }
  }

  const place = (element: Element, where: Place): void => {
    const entry = entries.get(element);
    if (!entry || entry.place === where) return;
    clock += 1;
    entry.since = clock;
    entry.place = where;
    if (where === 'seen') entry.seen();
  };

  if (typeof IntersectionObserver === 'undefined') {
    return {
      join(_element, { change }) {
        change(true);
        return { isSeen: () => true, release() {} };
      },
    };
  }
  const near = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        if (!isIntersecting) place(target, 'away');
        else if (entries.get(target)?.place === 'away') place(target, 'near');
      }
      settle();
    },
    { rootMargin: NEAR },
  );
  const inView = new IntersectionObserver((seen) => {
    for (const { target, isIntersecting } of seen) {
      if (isIntersecting) place(target, 'seen');
      else if (entries.get(target)?.place === 'seen') place(target, 'near');
    }
    settle();
  });
  return {
    join(element, spot) {
      const entry: Entry = { ...spot, place: 'away', since: 0, alive: false };
      entries.set(element, entry);
      near.observe(element);
      inView.observe(element);
      return {
        isSeen: () => entry.place === 'seen',
        release() {
          entries.delete(element);
          near.unobserve(element);
          inView.unobserve(element);
          settle();
        },
      };
    },
  };
}
