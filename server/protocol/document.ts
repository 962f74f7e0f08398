/**
 * The shape of a notebook's Y.Doc: what people write, and nothing that a machine made.
 *
 *   meta: Y.Map        title?: string   front?: string (raw YAML front matter of the file, without its fences)
 *   paragraphs: Y.Map  id → Y.Map { interpreter, source: Y.Text, position, name?, options: Y.Map, deleted?: {by, at} }
 *
 * A reader parses: an ill-shaped paragraph is reported as damaged, never trusted. Order is by `position` (a fractional
 * index), then id; a move is one map write. Deleting sets `deleted`, so that what a colleague types there is kept. A
 * little long: what the document holds is read and written here alone.
 */
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import * as Y from 'yjs';
import { type ParagraphId, parseId } from './ids.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Options = Readonly<Record<string, Json>>;
export type Deletion = { readonly by: string; readonly at: number };

/** A paragraph as plain data: what files and runs know of it. */
export type Paragraph = {
  readonly id: ParagraphId;
  readonly interpreter: string;
  readonly source: string;
  readonly name?: string;
  readonly options: Options;
};

export type PlacedParagraph = Paragraph & { readonly position: string; readonly deleted?: Deletion };
export type DamagedParagraph = { readonly id: string; readonly damaged: string };

export const PROSE = 'markdown';

/** Roots a client's update may touch; anything else is refused. */
export const ROOTS = ['meta', 'paragraphs'] as const;

export const metaOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('meta');
export const paragraphsOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('paragraphs');

export function paragraphMap(doc: Y.Doc, id: string): Y.Map<unknown> | undefined {
  const map = paragraphsOf(doc).get(id);
  return map instanceof Y.Map ? map : undefined;
}

export function sourceOf(doc: Y.Doc, id: string): Y.Text | undefined {
  const text = paragraphMap(doc, id)?.get('source');
  return text instanceof Y.Text ? text : undefined;
}

export function readParagraph(id: string, value: unknown): PlacedParagraph | DamagedParagraph {
  const parsed = parseId<ParagraphId>(id);
  if (!parsed) return { id, damaged: 'its id is not one' };
  if (!(value instanceof Y.Map)) return { id, damaged: 'it is not a map' };
  const interpreter = value.get('interpreter');
  const source = value.get('source');
  const position = value.get('position');
  const name = value.get('name');
  const options = value.get('options');
  if (typeof interpreter !== 'string') return { id, damaged: 'its interpreter is not a string' };
  if (!(source instanceof Y.Text)) return { id, damaged: 'its source is not a text' };
  if (typeof position !== 'string') return { id, damaged: 'its position is not a string' };
  const deleted = readDeletion(value.get('deleted'));
  return {
    id: parsed,
    interpreter,
    source: source.toString(),
    position,
    options: options instanceof Y.Map ? (options.toJSON() as Options) : {},
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    ...(deleted ? { deleted } : {}),
  };
}

function readDeletion(value: unknown): Deletion | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { by, at } = value as Record<string, unknown>;
  return { by: typeof by === 'string' ? by : '', at: typeof at === 'number' ? at : 0 };
}

const byPlace = (a: { position: string; id: string }, b: { position: string; id: string }): number =>
  a.position < b.position ? -1 : a.position > b.position ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;

/** Live paragraphs in order; deleted and damaged ones apart. */
export function readParagraphs(doc: Y.Doc): {
  readonly paragraphs: readonly PlacedParagraph[];
  readonly deleted: readonly PlacedParagraph[];
  readonly damaged: readonly DamagedParagraph[];
} {
  const paragraphs: PlacedParagraph[] = [];
  const deleted: PlacedParagraph[] = [];
  const damaged: DamagedParagraph[] = [];
  for (const [id, value] of paragraphsOf(doc)) {
    const paragraph = readParagraph(id, value);
    if ('damaged' in paragraph) damaged.push(paragraph);
    else if (paragraph.deleted) deleted.push(paragraph);
    else paragraphs.push(paragraph);
  }
  return { paragraphs: paragraphs.sort(byPlace), deleted: deleted.sort(byPlace), damaged };
}

/** Ids in order without reading any text: cheap enough to call on each structural change. */
export function orderOf(doc: Y.Doc): ParagraphId[] {
  const places: { id: ParagraphId; position: string }[] = [];
  for (const [key, value] of paragraphsOf(doc)) {
    const id = parseId<ParagraphId>(key);
    const position = value instanceof Y.Map ? value.get('position') : undefined;
    if (id && typeof position === 'string' && !(value as Y.Map<unknown>).get('deleted')) places.push({ id, position });
  }
  return places.sort(byPlace).map((place) => place.id);
}

/** What runs need of the order: ids, names and which of them hold code. Reads no text. */
export type Outline = readonly { readonly id: ParagraphId; readonly name?: string; readonly code: boolean }[];

export function outlineOf(doc: Y.Doc): Outline {
  return orderOf(doc).map((id) => {
    const map = paragraphMap(doc, id);
    const name = map?.get('name');
    const code = map?.get('interpreter') !== PROSE;
    return { id, code, ...(typeof name === 'string' && name !== '' ? { name } : {}) };
  });
}

export function titleOf(doc: Y.Doc): string | undefined {
  const title = metaOf(doc).get('title');
  return typeof title === 'string' ? title : undefined;
}

// Edits. Each is one transaction with the caller's origin, so that undo sees one step of one person.

export function insertParagraph(
  doc: Y.Doc,
  paragraph: Paragraph,
  after: ParagraphId | undefined,
  origin?: unknown,
): void {
  doc.transact(() => {
    const [position] = positionsAfter(doc, after, 1);
    paragraphsOf(doc).set(paragraph.id, newParagraphMap(paragraph, position!));
  }, origin);
}

/** Puts a whole list behind `after` (the start when undefined): an import, a paste. */
export function insertParagraphs(
  doc: Y.Doc,
  list: readonly Paragraph[],
  after: ParagraphId | undefined,
  origin?: unknown,
): void {
  doc.transact(() => {
    const positions = positionsAfter(doc, after, list.length);
    list.forEach((paragraph, index) => {
      paragraphsOf(doc).set(paragraph.id, newParagraphMap(paragraph, positions[index]!));
    });
  }, origin);
}

function newParagraphMap(paragraph: Paragraph, position: string): Y.Map<unknown> {
  const map = new Y.Map<unknown>();
  map.set('interpreter', paragraph.interpreter);
  map.set('source', new Y.Text(paragraph.source));
  map.set('position', position);
  if (paragraph.name !== undefined) map.set('name', paragraph.name);
  map.set('options', new Y.Map(Object.entries(paragraph.options)));
  return map;
}

export function moveParagraph(doc: Y.Doc, id: ParagraphId, after: ParagraphId | undefined, origin?: unknown): void {
  doc.transact(() => {
    if (after === id) return;
    const [position] = positionsAfter(doc, after, 1, id);
    paragraphMap(doc, id)?.set('position', position!);
  }, origin);
}

/**
 * Puts the live paragraphs in this order. Those in `loose` get new positions, and so does any other whose position does not
 * fit; all else stays untouched. `fresh` paragraphs are made. Cheap for thousands at once, where single moves are not.
 */
export function arrangeParagraphs(
  doc: Y.Doc,
  order: readonly ParagraphId[],
  loose: ReadonlySet<ParagraphId>,
  fresh: ReadonlyMap<ParagraphId, Paragraph>,
  origin?: unknown,
): void {
  doc.transact(() => {
    const places = readPlaces(doc).filter((place) => isPosition(place.position));
    const positions = new Map<string, string>(places.map((place) => [place.id, place.position]));
    let before: string | null = null;
    let waiting: ParagraphId[] = [];
    const place = (next: string | null): void => {
      generateNKeysBetween(before, next, waiting.length).forEach((position, index) => {
        const id = waiting[index]!;
        const paragraph = fresh.get(id);
        if (paragraph) paragraphsOf(doc).set(id, newParagraphMap(paragraph, position));
        else paragraphMap(doc, id)?.set('position', position);
        before = position;
      });
      waiting = [];
    };
    for (const id of order) {
      const position = loose.has(id) || fresh.has(id) ? undefined : positions.get(id);
      if (position === undefined || (before !== null && position <= before)) waiting.push(id);
      else {
        place(position);
        before = position;
      }
    }
    place(null);
  }, origin);
}

/** A client may have written anything: what is no key can't be built upon. */
function isPosition(position: string): boolean {
  try {
    generateKeyBetween(position, null);
    return true;
  } catch {
    return false;
  }
}

/** Keys behind `after`, before whatever follows it. Where two people made the same key, those that follow get new ones. */
function positionsAfter(doc: Y.Doc, after: ParagraphId | undefined, count: number, moving?: ParagraphId): string[] {
  const list = readPlaces(doc).filter((place) => place.id !== moving && isPosition(place.position));
  const at = after === undefined ? 0 : list.findIndex((place) => place.id === after) + 1;
  const before = list[at - 1]?.position ?? null;
  let end = at;
  while (end < list.length && before !== null && list[end]!.position <= before) end += 1;
  const next = list[end]?.position ?? null;
  const keys =
    count + end - at === 1 ? [generateKeyBetween(before, next)] : generateNKeysBetween(before, next, count + end - at);
  for (let index = at; index < end; index += 1) {
    paragraphMap(doc, list[index]!.id)?.set('position', keys[count + index - at]!);
  }
  return keys.slice(0, count);
}

function readPlaces(doc: Y.Doc): { id: string; position: string }[] {
  const places: { id: string; position: string }[] = [];
  for (const [id, value] of paragraphsOf(doc)) {
    const position = value instanceof Y.Map ? value.get('position') : undefined;
    if (typeof position === 'string' && !(value as Y.Map<unknown>).get('deleted')) places.push({ id, position });
  }
  return places.sort(byPlace);
}

export function deleteParagraph(doc: Y.Doc, id: ParagraphId, deletion: Deletion, origin?: unknown): void {
  doc.transact(() => paragraphMap(doc, id)?.set('deleted', { ...deletion }), origin);
}

export function restoreParagraph(doc: Y.Doc, id: ParagraphId, origin?: unknown): void {
  doc.transact(() => paragraphMap(doc, id)?.delete('deleted'), origin);
}

export function setInterpreter(doc: Y.Doc, id: ParagraphId, interpreter: string, origin?: unknown): void {
  doc.transact(() => paragraphMap(doc, id)?.set('interpreter', interpreter), origin);
}

/** An empty name takes the name away. */
export function setName(doc: Y.Doc, id: ParagraphId, name: string, origin?: unknown): void {
  doc.transact(() => {
    const map = paragraphMap(doc, id);
    if (name === '') map?.delete('name');
    else map?.set('name', name);
  }, origin);
}

/** `undefined` takes the option away. */
export function setOption(doc: Y.Doc, id: ParagraphId, key: string, value: Json | undefined, origin?: unknown): void {
  doc.transact(() => {
    const options = paragraphMap(doc, id)?.get('options');
    if (!(options instanceof Y.Map)) return;
    if (value === undefined) options.delete(key);
    else options.set(key, value);
  }, origin);
}

export function setTitle(doc: Y.Doc, title: string, origin?: unknown): void {
  doc.transact(() => metaOf(doc).set('title', title), origin);
}

/** Cuts a paragraph at `offset` (UTF-16 units); the tail becomes `tail`, right behind it, with the same interpreter. */
export function splitParagraph(doc: Y.Doc, id: ParagraphId, offset: number, tail: ParagraphId, origin?: unknown): void {
  doc.transact(() => {
    const source = sourceOf(doc, id);
    const interpreter = paragraphMap(doc, id)?.get('interpreter');
    if (!source || typeof interpreter !== 'string') return;
    const rest = source.toString().slice(offset).replace(/^\n/, '');
    source.delete(offset, source.length - offset);
    if (source.length > 0 && source.toString().endsWith('\n')) source.delete(source.length - 1, 1);
    insertParagraph(doc, { id: tail, interpreter, source: rest, options: {} }, id, origin);
  }, origin);
}

/** Appends `second`'s text to `first` and deletes `second`. */
export function mergeParagraphs(
  doc: Y.Doc,
  first: ParagraphId,
  second: ParagraphId,
  deletion: Deletion,
  origin?: unknown,
): void {
  doc.transact(() => {
    const into = sourceOf(doc, first);
    const from = sourceOf(doc, second);
    if (!into || !from) return;
    const text = from.toString();
    into.insert(into.length, into.length > 0 && text !== '' ? `\n${text}` : text);
    deleteParagraph(doc, second, deletion, origin);
  }, origin);
}
