/**
 * From what the text of each paragraph says (`interpreters/uses.ts`) to whose work it needs: pure.
 *
 * A table has the paragraph that owns its name, wherever that stands: results are there for all. What statements make in
 * the session (`create table`, `.save`, a variable, a file) is there for what comes after it: whoever reads it needs all
 * that wrote it before, in notebook order, and where none did the later ones. So a table that is made, then added to, then
 * read, needs both.
 */
import type { Use, Uses } from '../../../interpreters/uses.ts';
import { type Paragraph, PROSE } from '../../protocol/document.ts';
import type { Form } from '../../protocol/forms.ts';
import {
  cyclesOf,
  foldName,
  type Graph,
  type GraphNode,
  keyOfStore,
  type Need,
  type Store,
} from '../../protocol/graph/graph.ts';
import type { ParagraphId } from '../../protocol/ids.ts';
import { readsForm } from '../reach.ts';

export type Text = {
  readonly paragraph: Paragraph;
  /** Undefined where nobody could tell. */
  readonly uses: Uses | undefined;
};

type Placed = { readonly at: number; readonly id: ParagraphId };

/** Paragraphs that one is told to need for one store: the nearest. Who adds to a table reads it, and so needs those before. */
const MOST_MAKERS = 100;
/** Needs of all paragraphs together, some 50 MB; a paragraph of the largest notebook has its share, more than a person follows. */
const MOST_NEEDS = 500_000;

/** All code in order, and prose. */
export function graphOf(texts: readonly Text[], forms: readonly Form[]): Graph {
  const code = texts.filter(({ paragraph }) => paragraph.interpreter !== PROSE && paragraph.options.run !== 'never');
  const owners = new Map<string, Placed>();
  const named = new Map<string, Placed[]>();
  const writers = new Map<string, Placed[]>();
  for (const [at, { paragraph, uses }] of code.entries()) {
    const placed = { at, id: paragraph.id };
    if (paragraph.name !== undefined) {
      const name = foldName(paragraph.name);
      if (!owners.has(name)) owners.set(name, placed);
      put(named, name, placed);
    }
    for (const use of uses?.writes ?? []) put(writers, keyOfStore(storeOf(use, paragraph.interpreter)), placed);
  }
  const there: There = {
    hasTable: (name) => owners.has(foldName(name)) || writers.has(`table ${foldName(name)}`),
    hasVariable: (name) => writers.has(`variable ${name}`),
  };
  /** A table goes by the name that its paragraph gives it, however others write that. */
  const asMade = (store: Store): Store => {
    const owner = store.kind === 'table' ? owners.get(foldName(store.name)) : undefined;
    const name = owner && code[owner.at]?.paragraph.name;
    return name === undefined ? store : { ...store, name };
  };
  const share = Math.floor(MOST_NEEDS / Math.max(1, code.length));
  const nodes = code.map(({ paragraph, uses }, at): GraphNode => {
    const reads = once(
      [
        ...(uses ? readsOf(uses, paragraph.interpreter, there) : wordsOf(paragraph.source, there)),
        ...formsOf(paragraph, forms),
      ].map(asMade),
    );
    const settings: Store = { kind: 'settings', name: hostOf(paragraph.interpreter) };
    const stands = [...reads, ...(reads.some(({ kind }) => kind === 'settings') ? [] : [settings])];
    const writes = once([
      ...(paragraph.name === undefined ? [] : [{ kind: 'table' as const, name: paragraph.name }]),
      ...(uses?.writes ?? []).map((use) => storeOf(use, paragraph.interpreter)),
    ]);
    const most = Math.max(1, Math.min(MOST_MAKERS, Math.floor(share / stands.length)));
    const { needs, isCut } = boundNeeds(stands, (store) => needsOf(store, at, { owners, writers, most }), share);
    return {
      id: paragraph.id,
      reads,
      writes,
      needs,
      sure: uses !== undefined && (uses.words?.length ?? 0) === 0 && !isCut,
      ...(uses ? (uses.varies === undefined ? {} : { varies: uses.varies }) : { varies: 'a text that was not read' }),
    };
  });
  const prose = texts
    .filter(({ paragraph }) => paragraph.interpreter === PROSE)
    .map(({ paragraph }) => ({ id: paragraph.id, reads: formsOf(paragraph, forms), writes: [], needs: [], sure: true }))
    .filter(({ reads }) => reads.length > 0);
  const place = new Map(texts.map(({ paragraph }, at) => [paragraph.id, at]));
  return {
    nodes: [...nodes, ...prose].toSorted((a, b) => place.get(a.id)! - place.get(b.id)!),
    clashes: clashesOf(code, named, writers),
    cycles: cyclesOf(nodes),
    whole: code.every(({ uses }) => uses !== undefined),
  };
}

type There = { readonly hasTable: (name: string) => boolean; readonly hasVariable: (name: string) => boolean };

/** Vega-Lite is run by the engine, so a search path is its too. */
const hostOf = (interpreter: string): string => (interpreter === 'vega-lite' ? 'sql' : interpreter);

/** As files name a table: `tables/NAME.parquet`. */
const TABLE_FILE = /^tables\/(.+)\.parquet$/u;

function storeOf({ kind, name }: Use, interpreter: string): Store {
  switch (kind) {
    case 'settings':
      return { kind, name: hostOf(interpreter) };
    case 'file': {
      const path = name.replace(/^\.\//, '');
      const table = TABLE_FILE.exec(path)?.[1];
      return table === undefined ? { kind, name: path } : { kind: 'table', name: table };
    }
    case 'name':
      return { kind: 'variable', name };
    default:
      return { kind, name };
  }
}

function readsOf({ reads, words = [] }: Uses, interpreter: string, there: There): readonly Store[] {
  return [
    ...reads.flatMap((use): readonly Store[] => {
      if (use.kind !== 'name') return [storeOf(use, interpreter)];
      if (there.hasVariable(use.name)) return [{ kind: 'variable', name: use.name }];
      return there.hasTable(use.name) ? [{ kind: 'table', name: use.name }] : [];
    }),
    ...words.filter(there.hasTable).map((name): Store => ({ kind: 'table', name })),
  ];
}

/** Of a text that nobody read. */
const wordsOf = (source: string, there: There): readonly Store[] =>
  [...new Set(source.match(/[\p{L}\p{N}\p{M}_]+/gu))]
    .filter(there.hasTable)
    .map((name): Store => ({ kind: 'table', name }));

const formsOf = (paragraph: Paragraph, forms: readonly Form[]): readonly Store[] =>
  forms.filter((form) => readsForm(paragraph, form)).map(({ name }) => ({ kind: 'form', name }));

type Makers = {
  readonly owners: ReadonlyMap<string, Placed>;
  readonly writers: ReadonlyMap<string, readonly Placed[]>;
  /** Of one store. */
  readonly most: number;
};

function needsOf(store: Store, at: number, { owners, writers, most }: Makers): readonly Need[] {
  const known = store.kind === 'table' ? owners.get(foldName(store.name)) : undefined;
  const owner = known?.at === at ? undefined : known;
  const all = writers.get(keyOfStore(store)) ?? [];
  const here = firstFrom(all, at);
  const before = all.slice(Math.max(0, here - most), here);
  // What a session is set to goes for what comes after it alone.
  const later = store.kind === 'settings' || owner ? [] : all.slice(firstFrom(all, at + 1)).slice(0, most);
  const makers = [...(owner ? [owner] : []), ...(before.length > 0 ? before : later)];
  return makers.toSorted((a, b) => a.at - b.at).map(({ id }) => ({ paragraph: id, store }));
}

/** Where in the list, which is in notebook order, those begin that stand at this place or behind it. */
function firstFrom(list: readonly Placed[], at: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]!.at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Each once, and no more than `most`. */
function boundNeeds(
  stores: readonly Store[],
  needsOf: (store: Store) => readonly Need[],
  most: number,
): { readonly needs: readonly Need[]; readonly isCut: boolean } {
  const needs = new Map<string, Need>();
  for (const store of stores) {
    for (const need of needsOf(store)) {
      const key = `${need.paragraph} ${keyOfStore(store)}`;
      if (needs.has(key)) continue;
      if (needs.size >= most) return { needs: [...needs.values()], isCut: true };
      needs.set(key, need);
    }
  }
  return { needs: [...needs.values()], isCut: false };
}

/** Two that make the same table anew, or have its name: who reads it may get either's. */
function clashesOf(
  code: readonly Text[],
  named: ReadonlyMap<string, readonly Placed[]>,
  writers: ReadonlyMap<string, readonly Placed[]>,
): Graph['clashes'] {
  const appends = new Map(code.map(({ paragraph, uses }) => [paragraph.id, new Set(uses?.reads.map(keyOfUse))]));
  const keys = new Set([...[...named.keys()].map((name) => `table ${name}`), ...writers.keys()]);
  return [...keys]
    .filter((key) => key.startsWith('table '))
    .flatMap((key) => {
      const name = key.slice('table '.length);
      // Who adds to a table reads it as well.
      const makers = (writers.get(key) ?? []).filter(({ id }) => !appends.get(id)?.has(key));
      const all = [...(named.get(name) ?? []), ...makers].toSorted((a, b) => a.at - b.at);
      const paragraphs = [...new Set(all.map(({ id }) => id))];
      return paragraphs.length > 1 ? [{ store: { kind: 'table' as const, name }, paragraphs }] : [];
    });
}

const keyOfUse = ({ kind, name }: Use): string => `${kind} ${kind === 'table' ? foldName(name) : name}`;

const once = (stores: readonly Store[]): readonly Store[] => [
  ...new Map(stores.map((store) => [keyOfStore(store), store])).values(),
];

function put<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
