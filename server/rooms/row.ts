/**
 * A list of a document as it will be once what is on the way is in it: what is new is put where Yjs puts it (`Item.integrate`), without
 * a change to the document, and only what is looked at is read. Of many questions the later ones are told by numbers, for which the
 * list is read whole, once.
 */
import * as Y from 'yjs';
import { endOf, type Run } from './runs.ts';

export type Struct = Y.Item | Y.GC | Run;
/** Those that stand somewhere. */
export type Placed = Y.Item | Run;
export type StructAt = (id: Y.ID) => Struct | undefined;
/** Items looked at. */
export type Cost = { steps: number };

/** A place for something new: between two letters, or an end and one. */
export type Gap = {
  /** Who puts it there. */
  readonly client: number;
  readonly origin: Y.ID | null;
  readonly rightOrigin: Y.ID | null;
  /** What may not stand in it: what the right one was put right of, the left one left of. */
  readonly outer: readonly (Y.ID | null)[];
};

/** A list, or the values of a key; without a type where that is on the way itself. */
export type List = {
  readonly name: string;
  readonly type: Pick<Y.AbstractType<unknown>, '_start' | '_map'> | undefined;
  readonly key: string | null;
};

/** Letters of one item that follow each other. What is next of the last ones is undefined until it is looked at. */
type Stretch = {
  readonly of: Placed;
  readonly from: number;
  end: number;
  next: Stretch | null | undefined;
  number: number;
};

/** Read one after another for one list: what is put between two others while one of their makers is away is less. */
const MOST_WALKED = 10_000;

export const isPlaced = (struct: Struct): struct is Placed =>
  struct instanceof Y.Item || (!(struct instanceof Y.GC) && !struct.gone);

/** What a letter was put right of. */
export const originAt = (struct: Placed, clock: number): Y.ID | null =>
  clock > struct.id.clock ? Y.createID(struct.id.client, clock - 1) : struct.origin;

export class Row {
  readonly #list: List;
  readonly #structAt: StructAt;
  readonly #cost: Cost;
  readonly #stretches = new Map<Placed, Stretch[]>();
  #first: Stretch | null | undefined;
  #walked = 0;
  #isNumbered = false;

  /** `runs`: what comes into it, each after all that it names. */
  constructor(list: List, runs: readonly Run[], structAt: StructAt, cost: Cost) {
    this.#list = list;
    this.#structAt = structAt;
    this.#cost = cost;
    for (const run of runs) this.#put(run);
  }

  /** Nothing stands in it that the two were put beside, but for what the client put there itself, and what that was put beside. */
  isOpen({ client, origin, rightOrigin, outer }: Gap): boolean {
    if (this.#reaches(origin, rightOrigin, outer)) return true;
    this.#number();
    if (!this.#isBefore(origin, rightOrigin)) return false;
    const isBetween = (id: Y.ID | null): id is Y.ID =>
      id !== null && this.#isBefore(origin, id) && this.#isBefore(id, rightOrigin);
    const todo = outer.filter(isBetween);
    const seen = new Set<Struct>();
    for (let id = todo.pop(); id; id = todo.pop()) {
      const struct = this.#structAt(id);
      if (id.client !== client || !struct || !isPlaced(struct)) return false;
      if (seen.has(struct)) continue;
      seen.add(struct);
      this.#cost.steps += 1;
      todo.push(...[struct.origin, struct.rightOrigin].filter(isBetween));
    }
    return true;
  }

  /** From one to the other, past none of the outer ones. Not told of the ends, nor where it is too far. */
  #reaches(origin: Y.ID | null, rightOrigin: Y.ID | null, outer: Gap['outer']): boolean {
    const left = origin && this.#stretchAt(origin);
    const right = rightOrigin && this.#stretchAt(rightOrigin);
    if (!left || !right || this.#isNumbered) return false;
    const goesOn = origin.clock + 1 < left.end;
    let from = goesOn ? origin.clock + 1 : undefined;
    for (let at = goesOn ? left : this.#next(left); at; at = this.#next(at), from = undefined) {
      this.#walked += 1;
      this.#cost.steps += 1;
      if (this.#walked > MOST_WALKED) return false;
      const start = from ?? at.from;
      // What goes on to it was put left of it.
      if (at === right) return start === rightOrigin.clock;
      if (outer.some((id) => id && holds(at, start, id))) return false;
    }
    return false;
  }

  #number(): void {
    if (this.#isNumbered) return;
    this.#isNumbered = true;
    let number = 0;
    for (let at = this.#begin(); at; at = this.#next(at)) {
      at.number = number;
      number += 1;
      this.#cost.steps += 1;
    }
  }

  /** The ends are null. False too where one of them is not in this list. */
  #isBefore(a: Y.ID | null, b: Y.ID | null): boolean {
    if (!a || !b) return [a, b].every((id) => !id || this.#stretchAt(id));
    const [one, other] = [this.#stretchAt(a), this.#stretchAt(b)];
    if (!one || !other) return false;
    return one === other ? a.clock < b.clock : one.number < other.number;
  }

  #begin(): Stretch | null {
    if (this.#first !== undefined) return this.#first;
    const { type, key } = this.#list;
    let item = (key === null ? type?._start : type?._map.get(key)) ?? null;
    for (; key !== null && item?.left; item = item.left) this.#cost.steps += 1;
    this.#first = item && this.#firstOf(item);
    return this.#first;
  }

  #next(stretch: Stretch): Stretch | null {
    const right = stretch.of instanceof Y.Item ? stretch.of.right : null;
    stretch.next ??= stretch.next === undefined && right ? this.#firstOf(right) : null;
    return stretch.next;
  }

  #firstOf(item: Y.Item): Stretch {
    const known = this.#stretches.get(item)?.[0];
    if (known) return known;
    const whole = { of: item, from: item.id.clock, end: endOf(item), next: undefined, number: 0 };
    this.#stretches.set(item, [whole]);
    return whole;
  }

  #stretchAt(id: Y.ID): Stretch | undefined {
    const struct = this.#structAt(id);
    if (!struct || struct instanceof Y.GC) return undefined;
    const { type, key } = this.#list;
    if (struct instanceof Y.Item && struct.parent === type && struct.parentSub === key) this.#firstOf(struct);
    const stretches = this.#stretches.get(struct);
    return stretches?.[indexOf(stretches, id.clock)];
  }

  /** As Yjs does, in the words of its `integrate`. */
  #put(run: Run): void {
    const left = run.origin && this.#endingAt(run.origin);
    const right = run.rightOrigin && this.#beginningAt(run.rightOrigin);
    if (left === undefined || right === undefined) return;
    let after = left;
    const seen = new Set<Stretch>();
    const rivals = new Set<Stretch>();
    for (let one = left ? this.#next(left) : this.#begin(); one && one !== right; one = this.#next(one)) {
      this.#cost.steps += 1;
      seen.add(one);
      rivals.add(one);
      const origin = originAt(one.of, one.from);
      const from = origin ? this.#stretchAt(origin) : undefined;
      if (Y.compareIDs(origin, run.origin)) {
        if (one.of.id.client < run.id.client) {
          after = one;
          rivals.clear();
        } else if (Y.compareIDs(one.of.rightOrigin, run.rightOrigin)) break;
      } else if (!from || !seen.has(from)) break;
      else if (!rivals.has(from)) {
        after = one;
        rivals.clear();
      }
    }
    const stretch = {
      of: run,
      from: run.id.clock,
      end: endOf(run),
      next: after ? this.#next(after) : this.#begin(),
      number: 0,
    };
    this.#stretches.set(run, [stretch]);
    if (after) after.next = stretch;
    else this.#first = stretch;
  }

  /** Parts the stretch behind the letter, where it goes on. */
  #endingAt(id: Y.ID): Stretch | undefined {
    const stretch = this.#stretchAt(id);
    if (stretch && stretch.end > id.clock + 1) this.#part(stretch, id.clock + 1);
    return stretch;
  }

  #beginningAt(id: Y.ID): Stretch | undefined {
    const stretch = this.#stretchAt(id);
    return stretch && stretch.from < id.clock ? this.#part(stretch, id.clock) : stretch;
  }

  #part(stretch: Stretch, at: number): Stretch {
    const rest = { of: stretch.of, from: at, end: stretch.end, next: stretch.next, number: 0 };
    stretch.end = at;
    stretch.next = rest;
    const all = this.#stretches.get(stretch.of) ?? [];
    all.splice(indexOf(all, stretch.from) + 1, 0, rest);
    return rest;
  }
}

/** Of the last that begins there or before. */
function indexOf(stretches: readonly Stretch[], clock: number): number {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stretches[middle]!.from <= clock) low = middle;
    else high = middle - 1;
  }
  return low;
}

const holds = ({ of, end }: Stretch, from: number, { client, clock }: Y.ID): boolean =>
  client === of.id.client && from <= clock && clock < end;
