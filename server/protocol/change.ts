/**
 * A change of a notebook as two lists of paragraphs, before and after, made to a document that went its own way meanwhile:
 * what a file's change and the restoring of a version have in common. Both sides' edits stay. Of two opposite wishes the
 * text wins: a paragraph that one side deleted and the other edited stays.
 */
import type * as Y from 'yjs';
import { type Hunk, mergeHunks } from './diff.ts';
import {
  arrangeParagraphs,
  type Deletion,
  deleteParagraph,
  type Options,
  orderOf,
  type Paragraph,
  type PlacedParagraph,
  paragraphMap,
  readParagraph,
  restoreParagraph,
  setInterpreter,
  setName,
  setOption,
  sourceOf,
} from './document.ts';
import type { ParagraphId } from './ids.ts';
import { sameJson } from './json.ts';

/** A paragraph as somebody says it. */
export type Content = {
  readonly interpreter: string;
  readonly source: string;
  readonly name?: string;
  readonly options: Options;
};

export type Said = {
  readonly content: Content;
  readonly id: ParagraphId;
  /** Which one of the list before it goes on from. */
  readonly from?: number;
};

export type Steps = {
  readonly before: readonly { readonly id: ParagraphId; readonly content: Content }[];
  readonly after: readonly Said[];
  /** For paragraphs that are not in `after`. */
  readonly deletion: Deletion;
  /** Whether the live paragraph still says what was said before: only then it may go. */
  readonly isUntouched: (live: PlacedParagraph, before: Content) => boolean;
};

/** To be called in one transaction of the caller's. */
export function applySteps(doc: Y.Doc, steps: Steps): void {
  new Change(doc, steps).apply();
}

export function sameContent(one: Content, other: Content): boolean {
  return (
    one.interpreter === other.interpreter &&
    one.source === other.source &&
    (one.name ?? '') === (other.name ?? '') &&
    sameOptions(one.options, other.options)
  );
}

const sameOptions = (one: Options, other: Options): boolean => (isEmpty(one) && isEmpty(other)) || sameJson(one, other);

function isEmpty(options: Options): boolean {
  for (const _ in options) return false;
  return true;
}

const paragraphOf = ({ interpreter, source, options, name }: Content, id: ParagraphId): Paragraph => ({
  id,
  interpreter,
  source,
  options,
  ...(name === undefined ? {} : { name }),
});

class Change {
  readonly #doc: Y.Doc;
  readonly #steps: Steps;
  readonly #fresh = new Map<ParagraphId, Paragraph>();
  readonly #loose = new Set<ParagraphId>();

  constructor(doc: Y.Doc, steps: Steps) {
    this.#doc = doc;
    this.#steps = steps;
  }

  apply(): void {
    for (const id of movedOf(this.#steps.after)) this.#loose.add(id);
    for (const { content, id, from } of this.#steps.after) {
      const old = from === undefined ? undefined : this.#steps.before[from];
      if (!old) this.#insert(content, id);
      else if (old.id !== id) this.#rename(old.content, old.id, content, id);
      else this.#update(old.content, content, id);
    }
    this.#deleteMissing();
    this.#arrange();
  }

  #isDeleted(id: ParagraphId): boolean {
    return paragraphMap(this.#doc, id)?.get('deleted') !== undefined;
  }

  /** A paragraph that was not there before: new, or one that the document remembers (a branch switched back). */
  #insert(content: Content, id: ParagraphId): void {
    const known = readParagraph(id, paragraphMap(this.#doc, id));
    if ('damaged' in known) {
      this.#fresh.set(id, paragraphOf(content, id));
      return;
    }
    if (known.deleted) {
      restoreParagraph(this.#doc, id);
      this.#loose.add(id);
    }
    this.#edit(known, content, id);
  }

  /** The paragraph got another id: it goes on under that one, with what was typed meanwhile. */
  #rename(old: Content, oldId: ParagraphId, content: Content, id: ParagraphId): void {
    const live = sourceOf(this.#doc, oldId)?.toString() ?? old.source;
    const source = applyHunks(live, mergeHunks(old.source, content.source, live));
    this.#fresh.set(id, { ...paragraphOf(content, id), source });
    this.#remove(oldId);
  }

  #update(old: Content, content: Content, id: ParagraphId): void {
    const isChanged = !sameContent(old, content);
    const live = readParagraph(id, paragraphMap(this.#doc, id));
    if ('damaged' in live) {
      if (isChanged && !paragraphMap(this.#doc, id)) this.#fresh.set(id, paragraphOf(content, id));
      return;
    }
    if (!isChanged) return;
    if (live.deleted) restoreParagraph(this.#doc, id);
    this.#edit(old, content, id);
  }

  #edit(old: Content, now: Content, id: ParagraphId): void {
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

  /** What is not there any more goes, unless it was edited since. */
  #deleteMissing(): void {
    const kept = new Set(this.#steps.after.map(({ from }) => from));
    this.#steps.before.forEach(({ id, content }, index) => {
      if (kept.has(index)) return;
      const live = readParagraph(id, paragraphMap(this.#doc, id));
      if (!('damaged' in live) && this.#steps.isUntouched(live, content)) this.#remove(id);
    });
  }

  #remove(id: ParagraphId): void {
    if (!paragraphMap(this.#doc, id) || this.#isDeleted(id)) return;
    deleteParagraph(this.#doc, id, this.#steps.deletion);
  }

  /** What is new or moved comes right behind what it follows; all else stays. */
  #arrange(): void {
    if (this.#fresh.size === 0 && this.#loose.size === 0) return;
    const live = orderOf(this.#doc);
    const staying = new Set(live.filter((id) => !this.#loose.has(id)));
    const behind = new Map<ParagraphId | undefined, ParagraphId[]>();
    let last: ParagraphId | undefined;
    for (const { id } of this.#steps.after) {
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
export function movedOf<Id>(after: readonly { readonly id: Id; readonly from?: number | undefined }[]): readonly Id[] {
  const known = after.filter(({ from }) => from !== undefined);
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
