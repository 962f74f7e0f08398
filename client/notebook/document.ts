/**
 * The Y.Doc as fine-grained signals: the order is one signal, and each paragraph has its own, made when first asked for.
 * A keystroke sets one paragraph's `source` and nothing else is computed again, however long the notebook is.
 *
 * A deleted paragraph can be *held* in its place: whoever was typing in it goes on seeing the text, and is told.
 */
import { type Accessor, batch, createSignal } from 'solid-js';
import * as Y from 'yjs';
import {
  type DamagedParagraph,
  type Deletion,
  metaOf,
  type Options,
  paragraphsOf,
  readParagraph,
  titleOf,
} from '../../server/protocol/document.ts';
import { type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import { alike } from '../alike.ts';

export type ParagraphView = {
  readonly id: ParagraphId;
  readonly interpreter: Accessor<string>;
  readonly source: Accessor<string>;
  /** Empty when it has none. */
  readonly name: Accessor<string>;
  readonly options: Accessor<Options>;
  readonly deleted: Accessor<Deletion | undefined>;
  /** Why it cannot be shown. */
  readonly damaged: Accessor<string | undefined>;
};

export type DocumentView = {
  /** Live paragraphs and held ones, in order. */
  readonly order: Accessor<readonly ParagraphId[]>;
  /** Entries that have no place or no proper id: shown at the end. */
  readonly unplaced: Accessor<readonly DamagedParagraph[]>;
  readonly title: Accessor<string | undefined>;
  paragraph(id: ParagraphId): ParagraphView;
  letGo(id: ParagraphId): void;
  close(): void;
};

type Entry = { readonly view: ParagraphView; readonly refresh: () => void };

/** `holds` is asked when somebody else deletes a paragraph: it is taken out, or stays at once, so that nothing flickers. */
export function openDocument(doc: Y.Doc, holds: (id: ParagraphId) => boolean = () => false): DocumentView {
  const root = paragraphsOf(doc);
  const meta = metaOf(doc);
  const entries = new Map<string, Entry>();
  const held = new Set<string>();
  const first = readPlaces(root, held);
  const [order, setOrder] = createSignal<readonly ParagraphId[]>(first.order, { equals: sameList });
  const [unplaced, setUnplaced] = createSignal<readonly DamagedParagraph[]>(first.unplaced, {
    equals: (a, b) => a.length === 0 && b.length === 0,
  });
  const [title, setTitle] = createSignal(titleOf(doc));

  const reorder = (): void => {
    const places = readPlaces(root, held);
    setOrder(places.order);
    setUnplaced(places.unplaced);
  };

  const hold = (id: ParagraphId, deleted: boolean, local: boolean): void => {
    if (!deleted) held.delete(id);
    else if (!local && holds(id)) held.add(id);
  };
  const onParagraphs = (events: Y.YEvent<Y.AbstractType<unknown>>[], transaction: Y.Transaction): void => {
    const touched = new Set<string>();
    let moved = false;
    for (const event of events) {
      if (event.target === root) {
        moved = true;
        for (const key of keysOf(event)) touched.add(key);
        continue;
      }
      touched.add(String(event.path[0]));
      if (event.path.length !== 1 || !(event.target instanceof Y.Map)) continue;
      const keys = keysOf(event);
      if (keys.includes('position') || keys.includes('deleted')) moved = true;
      const id = parseId<ParagraphId>(event.path[0]);
      if (id && keys.includes('deleted')) hold(id, event.target.has('deleted'), transaction.local);
    }
    batch(() => {
      for (const id of touched) entries.get(id)?.refresh();
      if (moved) reorder();
    });
  };
  const onMeta = (): void => void setTitle(titleOf(doc));
  root.observeDeep(onParagraphs);
  meta.observe(onMeta);

  return {
    order,
    unplaced,
    title,
    paragraph(id) {
      const entry = entries.get(id) ?? openParagraph(root, id);
      entries.set(id, entry);
      return entry.view;
    },
    letGo(id) {
      if (held.delete(id)) reorder();
    },
    close() {
      root.unobserveDeep(onParagraphs);
      meta.unobserve(onMeta);
    },
  };
}

function openParagraph(root: Y.Map<unknown>, id: ParagraphId): Entry {
  const read = () => {
    const paragraph = readParagraph(id, root.get(id));
    return 'damaged' in paragraph
      ? { ...blank, damaged: paragraph.damaged }
      : { ...blank, name: '', deleted: undefined, ...paragraph };
  };
  const now = read();
  const [interpreter, setInterpreter] = createSignal(now.interpreter);
  const [source, setSource] = createSignal(now.source);
  const [name, setName] = createSignal(now.name);
  const [options, setOptions] = createSignal<Options>(now.options, { equals: alike });
  const [deleted, setDeleted] = createSignal<Deletion | undefined>(now.deleted, { equals: alike });
  const [damaged, setDamaged] = createSignal<string | undefined>(now.damaged);
  return {
    view: { id, interpreter, source, name, options, deleted, damaged },
    refresh() {
      const next = read();
      setInterpreter(next.interpreter);
      setSource(next.source);
      setName(next.name);
      setOptions(next.options);
      setDeleted(next.deleted);
      setDamaged(next.damaged);
    },
  };
}

const blank = {
  interpreter: '',
  source: '',
  name: '',
  options: {} as Options,
  deleted: undefined as Deletion | undefined,
  damaged: undefined as string | undefined,
};

/** As `orderOf` of the document's shape, with held paragraphs kept in and what has no place told apart. */
function readPlaces(root: Y.Map<unknown>, held: ReadonlySet<string>) {
  const places: { id: ParagraphId; position: string }[] = [];
  const unplaced: DamagedParagraph[] = [];
  for (const [key, value] of root) {
    const id = parseId<ParagraphId>(key);
    const map = value instanceof Y.Map ? value : undefined;
    const position: unknown = map?.get('position');
    if (map?.get('deleted') !== undefined && !held.has(key)) continue;
    if (id && typeof position === 'string') places.push({ id, position });
    else unplaced.push({ id: key, damaged: damageOf(key, value) });
  }
  places.sort((a, b) => (a.position === b.position ? (a.id < b.id ? -1 : 1) : a.position < b.position ? -1 : 1));
  return { order: places.map((place) => place.id), unplaced };
}

function damageOf(id: string, value: unknown): string {
  const paragraph = readParagraph(id, value);
  return 'damaged' in paragraph ? paragraph.damaged : '';
}

const keysOf = (event: Y.YEvent<Y.AbstractType<unknown>>): string[] =>
  event instanceof Y.YMapEvent ? [...event.keysChanged] : [];

const sameList = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((item, index) => item === b[index]);
