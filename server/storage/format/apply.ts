/**
 * Files into documents: a first file makes one, a changed file changes it. The outside change is diff(base, file), carried
 * over to what the live document says by now: both sides' edits stay. Of two opposite wishes the text wins: a paragraph
 * that one side deleted and the other edited stays.
 */
import type * as Y from 'yjs';
import { type Hunk, mergeHunks } from '../../protocol/diff.ts';
import {
  arrangeParagraphs,
  type Deletion,
  deleteParagraph,
  insertParagraphs,
  metaOf,
  type Options,
  orderOf,
  type Paragraph,
  paragraphMap,
  readParagraph,
  readParagraphs,
  restoreParagraph,
  setInterpreter,
  setName,
  setOption,
  setTitle,
  sourceOf,
  titleOf,
} from '../../protocol/document.ts';
import type { ParagraphId } from '../../protocol/ids.ts';
import { sameJson } from '../../protocol/json.ts';
import { type Aligned, align } from './align.ts';
import type { Languages } from './base.ts';
import { contentOf, sameContent } from './paragraph.ts';
import { type Block, isFailure, type ParsedNotebook, type ParseFailure, parseNotebook } from './parse.ts';
import type { KnownBase, NotebookText } from './print.ts';

export type MakeId = () => ParagraphId;

/** What a document says, as printing wants it. Deleted and damaged paragraphs are not in it. */
export function notebookOf(doc: Y.Doc, path: string): NotebookText {
  const title = titleOf(doc);
  const front = metaOf(doc).get('front');
  return {
    path,
    paragraphs: readParagraphs(doc).paragraphs,
    ...(title === undefined ? {} : { title }),
    ...(typeof front === 'string' ? { front } : {}),
  };
}

/** The base of a text read for the first time: blocks without an id get one. */
export function readNotebook(text: string, languages: Languages, makeId: MakeId): KnownBase | ParseFailure {
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) return parsed;
  return { text, languages, parsed, ids: parsed.blocks.map((block) => block.id ?? makeId()) };
}

export const isReadFailure = (read: KnownBase | ParseFailure): read is ParseFailure => 'message' in read;

/** Fills a document that holds nothing yet. */
export function fillDocument(doc: Y.Doc, base: KnownBase, origin?: unknown): void {
  const { front, title, blocks } = base.parsed;
  doc.transact(() => {
    if (front !== undefined) metaOf(doc).set('front', front);
    if (title !== undefined) setTitle(doc, title);
    const paragraphs = blocks.map((block, index) => paragraphOf(block, base.ids[index]!));
    insertParagraphs(doc, paragraphs, undefined);
  }, origin);
}

export type FileChange = {
  readonly base: KnownBase;
  readonly text: string;
  readonly languages: Languages;
  readonly makeId: MakeId;
  /** For paragraphs that the file has not any more. */
  readonly deletion: Deletion;
};

/** One transaction; returns the new base, or why the text is no notebook, in which case the document is untouched. */
export function applyFileChange(doc: Y.Doc, change: FileChange, origin?: unknown): KnownBase | ParseFailure {
  const { base, text, languages, makeId } = change;
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) return parsed;
  const aligned = align(base, parsed.blocks, (id) => paragraphMap(doc, id) !== undefined, makeId);
  doc.transact(() => {
    applyHead(doc, base.parsed, parsed);
    new Change(doc, change, aligned).apply();
  }, origin);
  return { text, languages, parsed, ids: aligned.map(({ id }) => id) };
}

function applyHead(doc: Y.Doc, old: ParsedNotebook, now: ParsedNotebook): void {
  const meta = metaOf(doc);
  if (old.front !== now.front) {
    if (now.front === undefined) meta.delete('front');
    else meta.set('front', now.front);
  }
  if (old.title !== now.title) {
    if (now.title === undefined) meta.delete('title');
    else setTitle(doc, now.title);
  }
}

const paragraphOf = (block: Block, id: ParagraphId): Paragraph => ({
  id,
  interpreter: block.interpreter,
  source: block.source,
  options: block.options,
  ...(block.name === undefined ? {} : { name: block.name }),
});

class Change {
  readonly #doc: Y.Doc;
  readonly #change: FileChange;
  readonly #aligned: readonly Aligned[];
  readonly #fresh = new Map<ParagraphId, Paragraph>();
  readonly #loose = new Set<ParagraphId>();
  readonly #gone = new Set<ParagraphId>();

  constructor(doc: Y.Doc, change: FileChange, aligned: readonly Aligned[]) {
    this.#doc = doc;
    this.#change = change;
    this.#aligned = aligned;
  }

  apply(): void {
    for (const id of movedOf(this.#aligned)) this.#loose.add(id);
    for (const { block, id, from } of this.#aligned) {
      const oldId = from === undefined ? undefined : this.#change.base.ids[from];
      const old = from === undefined ? undefined : this.#change.base.parsed.blocks[from];
      if (oldId === undefined || !old) this.#insert(block, id);
      else if (oldId !== id) this.#rename(old, oldId, block, id);
      else this.#update(old, block, id);
    }
    this.#deleteMissing();
    this.#arrange();
  }

  #isDeleted(id: ParagraphId): boolean {
    return paragraphMap(this.#doc, id)?.get('deleted') !== undefined;
  }

  /** A paragraph that the base has not: new, or one that the document remembers (a branch switched back). */
  #insert(block: Block, id: ParagraphId): void {
    const known = readParagraph(id, paragraphMap(this.#doc, id));
    if ('damaged' in known) {
      this.#fresh.set(id, paragraphOf(block, id));
      return;
    }
    if (known.deleted) {
      restoreParagraph(this.#doc, id);
      this.#loose.add(id);
    }
    this.#edit(known, block, id);
  }

  /** The file gave the paragraph another id: it goes on under that one, with what was typed meanwhile. */
  #rename(old: Block, oldId: ParagraphId, block: Block, id: ParagraphId): void {
    const live = sourceOf(this.#doc, oldId)?.toString() ?? old.source;
    const source = applyHunks(live, mergeHunks(old.source, block.source, live));
    this.#fresh.set(id, { ...paragraphOf(block, id), source });
    this.#remove(oldId);
  }

  #update(old: Block, block: Block, id: ParagraphId): void {
    const isChanged = !sameContent(old, block);
    const live = readParagraph(id, paragraphMap(this.#doc, id));
    if ('damaged' in live) {
      if (isChanged && !paragraphMap(this.#doc, id)) this.#fresh.set(id, paragraphOf(block, id));
      return;
    }
    if (!isChanged) return;
    if (live.deleted) restoreParagraph(this.#doc, id);
    this.#edit(old, block, id);
  }

  #edit(old: { interpreter: string; name?: string; options: Options; source: string }, now: Block, id: ParagraphId) {
    if (old.interpreter !== now.interpreter) setInterpreter(this.#doc, id, now.interpreter);
    if ((old.name ?? '') !== (now.name ?? '')) setName(this.#doc, id, now.name ?? '');
    for (const key of new Set([...Object.keys(old.options), ...Object.keys(now.options)])) {
      const [before, after] = [ownValue(old.options, key), ownValue(now.options, key)];
      if (after === undefined) setOption(this.#doc, id, key, undefined);
      else if (before === undefined || !sameJson(before, after)) setOption(this.#doc, id, key, after);
    }
    const text = sourceOf(this.#doc, id);
    if (text) editText(text, mergeHunks(old.source, now.source, text.toString()));
  }

  /** What the file has not any more goes, unless it was edited since. */
  #deleteMissing(): void {
    const { base, languages } = this.#change;
    const kept = new Set(this.#aligned.map(({ from }) => from));
    base.ids.forEach((id, index) => {
      const block = base.parsed.blocks[index];
      if (kept.has(index) || !block) return;
      const live = readParagraph(id, paragraphMap(this.#doc, id));
      if (!('damaged' in live) && sameContent(contentOf(live, languages), block)) this.#remove(id);
    });
  }

  #remove(id: ParagraphId): void {
    if (!paragraphMap(this.#doc, id) || this.#isDeleted(id)) return;
    deleteParagraph(this.#doc, id, this.#change.deletion);
    this.#gone.add(id);
  }

  /** What is new or moved comes right behind what it follows in the file; all else stays. */
  #arrange(): void {
    if (this.#fresh.size === 0 && this.#loose.size === 0) return;
    const live = orderOf(this.#doc);
    const staying = new Set(live.filter((id) => !this.#loose.has(id)));
    const behind = new Map<ParagraphId | undefined, ParagraphId[]>();
    let last: ParagraphId | undefined;
    for (const { id } of this.#aligned) {
      if (staying.has(id)) last = id;
      else if (this.#fresh.has(id) || (this.#loose.has(id) && !this.#isDeleted(id))) {
        const list = behind.get(last) ?? [];
        list.push(id);
        behind.set(last, list);
      }
    }
    const order = [...(behind.get(undefined) ?? [])];
    for (const id of live) if (staying.has(id)) order.push(id, ...(behind.get(id) ?? []));
    arrangeParagraphs(this.#doc, order, this.#loose, this.#fresh);
  }
}

const ownValue = (options: Options, key: string) => (Object.hasOwn(options, key) ? options[key] : undefined);

export function editText(text: Y.Text, hunks: readonly Hunk[]): void {
  for (const { from, to, insert } of hunks.toReversed()) {
    if (to > from) text.delete(from, to - from);
    if (insert !== '') text.insert(from, insert);
  }
}

const applyHunks = (text: string, hunks: readonly Hunk[]): string =>
  hunks.reduceRight((done, { from, to, insert }) => done.slice(0, from) + insert + done.slice(to), text);

/** Paragraphs whose order among the others changed: all but a longest run of those that kept it. */
function movedOf(aligned: readonly Aligned[]): readonly ParagraphId[] {
  const known = aligned.filter(({ from }) => from !== undefined);
  const tails: number[] = [];
  const before = new Map<number, number>();
  known.forEach(({ from }, index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (known[tails[middle]!]!.from! < from!) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before.set(index, tails[low - 1]!);
    tails[low] = index;
  });
  const kept = new Set<number>();
  for (let index = tails.at(-1); index !== undefined; index = before.get(index)) kept.add(index);
  return known.filter((_, index) => !kept.has(index)).map(({ id }) => id);
}
