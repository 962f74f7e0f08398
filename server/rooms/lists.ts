/**
 * The lists of a document with what is on the way into them, each looked at when it is first asked about: for the few edits whose
 * place their neighbours alone do not tell.
 */
import * as Y from 'yjs';
import { type Cost, type Gap, isPlaced, type List, Row, type Struct, type StructAt } from './row.ts';
import type { Run } from './runs.ts';

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

  isOpen(gap: Gap): boolean {
    this.#runs ??= this.#group();
    const neighbour = gap.origin ?? gap.rightOrigin;
    const struct = neighbour && this.#structAt(neighbour);
    const list = struct ? this.#listWith(struct) : undefined;
    if (!list) return false;
    const row = this.#rows.get(list.name) ?? new Row(list, this.#runs.get(list.name) ?? [], this.#structAt, this.#cost);
    this.#rows.set(list.name, row);
    return row.isOpen(gap);
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

function listIn(holder: string, type: List['type'], key: string | null): List {
  return { name: key === null ? `in ${holder}` : `in ${holder} as ${key}`, type, key };
}
