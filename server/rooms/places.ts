/**
 * Lists of a document as they will be once what is on the way is in them: read whole, and what is new put where Yjs puts it
 * (`Item.integrate`), without a change to the document. For the few edits whose place their neighbours alone do not tell.
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

/** A list, or the values of a key. */
type List = { readonly name: string; readonly first: Y.Item | null };

export const isPlaced = (struct: Struct): struct is Placed =>
  struct instanceof Y.Item || (!(struct instanceof Y.GC) && !struct.gone);

/** What a letter was put right of. */
export const originAt = (struct: Placed, clock: number): Y.ID | null =>
  clock > struct.id.clock ? Y.createID(struct.id.client, clock - 1) : struct.origin;

/** All lists of a document, each read when it is first asked about. */
export class Lists {
  readonly #doc: Y.Doc;
  readonly #structAt: StructAt;
  readonly #coming: () => readonly Run[];
  readonly #cost: Cost;
  #runs: ReadonlyMap<string, readonly Run[]> | undefined;
  readonly #listOf = new Map<Run, List>();
  readonly #rows = new Map<string, Row>();

  /** `coming`: what is not in the document yet, each after all that it names. */
  constructor(doc: Y.Doc, structAt: StructAt, coming: () => readonly Run[], cost: Cost) {
    this.#doc = doc;
    this.#structAt = structAt;
    this.#coming = coming;
    this.#cost = cost;
  }

  /** Nothing stands in it that the two were put beside, but for what the client put there itself, and all that that was put beside. */
  isOpen({ client, origin, rightOrigin, outer }: Gap): boolean {
    const row = this.#rowOf(origin ?? rightOrigin);
    if (!row?.isBefore(origin, rightOrigin)) return false;
    const isBetween = (id: Y.ID | null): id is Y.ID =>
      id !== null && row.isBefore(origin, id) && row.isBefore(id, rightOrigin);
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

  #rowOf(id: Y.ID | null): Row | undefined {
    this.#runs ??= this.#group();
    const struct = id && this.#structAt(id);
    const list = struct ? this.#listWith(struct) : undefined;
    if (!list) return undefined;
    const row = this.#rows.get(list.name) ?? new Row(list, this.#runs.get(list.name) ?? [], this.#structAt, this.#cost);
    this.#rows.set(list.name, row);
    return row;
  }

  #group(): ReadonlyMap<string, readonly Run[]> {
    const groups = new Map<string, Run[]>();
    for (const run of this.#coming()) {
      const list = run.gone ? undefined : this.#listFor(run);
      if (!list) continue;
      this.#listOf.set(run, list);
      const group = groups.get(list.name) ?? [];
      group.push(run);
      groups.set(list.name, group);
    }
    return groups;
  }

  #listWith(struct: Struct): List | undefined {
    if (struct instanceof Y.GC) return undefined;
    if (!(struct instanceof Y.Item)) return this.#listOf.get(struct);
    const { parent, parentSub } = struct;
    if (!(parent instanceof Y.AbstractType)) return undefined;
    const holder = parent._item ? textOf(parent._item.id) : Y.findRootTypeKey(parent);
    return listIn(holder, parent, parentSub);
  }

  #listFor({ origin, rightOrigin, parent, parentSub }: Run): List | undefined {
    const neighbour = origin ?? rightOrigin;
    const struct = neighbour && this.#structAt(neighbour);
    if (struct) return this.#listWith(struct);
    if (typeof parent === 'string') return listIn(parent, this.#doc.share.get(parent), parentSub);
    const holder = parent && this.#structAt(parent);
    if (!parent || !holder || !isPlaced(holder)) return undefined;
    const type = holder instanceof Y.Item && holder.content instanceof Y.ContentType ? holder.content.type : undefined;
    return listIn(textOf(parent), type, parentSub);
  }
}

const textOf = ({ client, clock }: Y.ID): string => `${client} ${clock}`;

function listIn(
  holder: string,
  type: Pick<Y.AbstractType<unknown>, '_start' | '_map'> | undefined,
  key: string | null,
): List {
  if (key === null) return { name: `in ${holder}`, first: type?._start ?? null };
  let first = type?._map.get(key) ?? null;
  while (first?.left) first = first.left;
  return { name: `in ${holder} as ${key}`, first };
}

/** Letters of one item that follow each other. */
type Stretch = {
  readonly of: Placed;
  readonly from: number;
  end: number;
  next: Stretch | null;
  number: number;
};

class Row {
  readonly #cost: Cost;
  #first: Stretch | null = null;
  readonly #stretches = new Map<Placed, Stretch[]>();
  readonly #structAt: StructAt;

  constructor({ first }: List, runs: readonly Run[], structAt: StructAt, cost: Cost) {
    this.#cost = cost;
    this.#structAt = structAt;
    let last: Stretch | null = null;
    for (let item = first; item; item = item.right) {
      const stretch = { of: item, from: item.id.clock, end: endOf(item), next: null, number: 0 };
      this.#stretches.set(item, [stretch]);
      if (last) last.next = stretch;
      else this.#first = stretch;
      last = stretch;
      this.#cost.steps += 1;
    }
    for (const run of runs) this.#put(run);
    let number = 0;
    for (let at = this.#first; at; at = at.next) {
      at.number = number;
      number += 1;
    }
  }

  /** The ends are null. False too where one of them is not in this list. */
  isBefore(a: Y.ID | null, b: Y.ID | null): boolean {
    if (!a || !b) return [a, b].every((id) => !id || this.#stretchAt(id));
    const [one, other] = [this.#stretchAt(a), this.#stretchAt(b)];
    if (!one || !other) return false;
    return one === other ? a.clock < b.clock : one.number < other.number;
  }

  #stretchAt(id: Y.ID): Stretch | undefined {
    const struct = this.#structAt(id);
    const stretches = struct && !(struct instanceof Y.GC) ? this.#stretches.get(struct) : undefined;
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
    for (let one = left ? left.next : this.#first; one && one !== right; one = one.next) {
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
    const stretch = { of: run, from: run.id.clock, end: endOf(run), next: after ? after.next : this.#first, number: 0 };
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
