/**
 * Whose a client id is before anything durable was written under it: whoever is here with it, or asked to write under it,
 * first. It stays theirs for a while after they left, as what a page wrote without a line is under its id; not for ever,
 * or a room that never empties would keep one for each page that ever looked in.
 */
import type { Owner } from './records.ts';

/** Of connections that ended without having written, the last so many: an hour of a lecture hall's coming and going. */
export const MOST_LEFT = 1_000;

type Claim = { readonly owner: Owner; holders: number };

export class Claims<Holder extends object> {
  readonly #durable: () => ReadonlyMap<number, Owner>;
  readonly #claims = new Map<number, Claim>();
  /** Of nearly all holders one id: a set for each would take ten times as much. */
  readonly #held = new Map<Holder, number | Set<number>>();
  /** Those that nobody here holds, the longest left first. */
  readonly #left = new Set<number>();

  constructor(durable: () => ReadonlyMap<number, Owner>) {
    this.#durable = durable;
  }

  /** What is remembered beside what is durable. */
  get size(): number {
    return this.#claims.size;
  }

  ownerOf(client: number): Owner | undefined {
    return this.#durable().get(client) ?? this.#claims.get(client)?.owner;
  }

  /** Does nothing where it is durably somebody's, or another's. */
  claim(client: number, owner: Owner, holder: Holder): void {
    if (this.#durable().has(client)) return;
    const claim = this.#claims.get(client) ?? { owner, holders: 0 };
    const held = setOf(this.#held.get(holder));
    if (claim.owner !== owner || held.has(client)) return;
    claim.holders += 1;
    this.#claims.set(client, claim);
    this.#held.set(holder, held.size === 0 ? client : held.add(client));
    this.#left.delete(client);
  }

  /** Once all that the holder submitted is durable or refused. */
  left(holder: Holder): void {
    for (const client of setOf(this.#held.get(holder))) {
      const claim = this.#claims.get(client);
      if (!claim) continue;
      claim.holders -= 1;
      if (claim.holders > 0) continue;
      if (this.#durable().has(client)) this.#claims.delete(client);
      else this.#left.add(client);
    }
    this.#held.delete(holder);
    for (const client of this.#left) {
      if (this.#left.size <= MOST_LEFT) break;
      this.#left.delete(client);
      this.#claims.delete(client);
    }
  }
}

const setOf = (held: number | Set<number> | undefined): Set<number> =>
  typeof held === 'object' ? held : new Set(held === undefined ? [] : [held]);
