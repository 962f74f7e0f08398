/**
 * The front matter's forms in a notebook's document: one entry of `meta` each, `form/NAME` → `{at, form}`, so that two people
 * who change two forms both keep theirs. `at` is its place in the list (a fractional index), `form` what the file says, JSON
 * of any shape: what it means is `declare.ts`'s. A form that was taken away is `null`: without any entry the document has
 * never read the forms of its file, which then stay there as they are.
 */
import { generateKeyBetween, generateNKeysBetween } from 'fractional-indexing';
import type * as Y from 'yjs';
import { type Json, metaOf, readParagraphs } from '../document.ts';
import type { Forms } from '../forms.ts';
import { sameJson } from '../json.ts';
import { type FrontForms, formsOf } from './list.ts';

const PREFIX = 'form/';

type Entry = { readonly name: string; readonly at: string; readonly form: Json };

/** Undefined where the document has none of its own. */
export function frontFormsOf(doc: Y.Doc): FrontForms | undefined {
  const entries = entriesOf(doc);
  return entries?.map(({ name, form }) => [name, form] as const);
}

/** All forms of a notebook as its document says now. */
export const formsIn = (doc: Y.Doc): Forms => formsOf(frontFormsOf(doc) ?? [], readParagraphs(doc).paragraphs);

function entriesOf(doc: Y.Doc): readonly Entry[] | undefined {
  const entries: Entry[] = [];
  let any = false;
  for (const [key, value] of metaOf(doc)) {
    if (!key.startsWith(PREFIX)) continue;
    any = true;
    const entry = entryOf(key.slice(PREFIX.length), value);
    if (entry) entries.push(entry);
  }
  if (!any) return undefined;
  return entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.name < b.name ? -1 : 1));
}

/** What a client wrote may be anything. */
function entryOf(name: string, value: unknown): Entry | undefined {
  if (typeof value !== 'object' || value === null || !('at' in value) || !('form' in value)) return undefined;
  const { at, form } = value as { readonly at: unknown; readonly form: Json };
  return typeof at === 'string' && isKey(at) && form !== undefined ? { name, at, form } : undefined;
}

function isKey(at: string): boolean {
  try {
    generateKeyBetween(at, null);
    return true;
  } catch {
    return false;
  }
}

/** Declares or changes one form; a new one stands last. Undefined takes it away. One transaction. */
export function setForm(doc: Y.Doc, name: string, form: Json | undefined, origin?: unknown): void {
  doc.transact(() => {
    const key = PREFIX + name;
    if (form === undefined) metaOf(doc).set(key, null);
    else {
      const entries = entriesOf(doc) ?? [];
      const at =
        entries.find((entry) => entry.name === name)?.at ?? generateKeyBetween(entries.at(-1)?.at ?? null, null);
      metaOf(doc).set(key, { at, form });
    }
  }, origin);
}

/** Puts a form behind `after`, first of all where that is undefined. */
export function moveForm(doc: Y.Doc, name: string, after: string | undefined, origin?: unknown): void {
  doc.transact(() => {
    const entries = entriesOf(doc) ?? [];
    const moved = entries.find((entry) => entry.name === name);
    const others = entries.filter((entry) => entry !== moved);
    const index = after === undefined ? 0 : others.findIndex((entry) => entry.name === after) + 1;
    if (!moved || (after !== undefined && index === 0)) return;
    const order = others.toSpliced(index, 0, moved);
    const [before, next] = [others[index - 1]?.at ?? null, others[index]?.at ?? null];
    if (before === null || next === null || before < next) put(doc, moved, generateKeyBetween(before, next));
    else {
      // Two people gave two forms one place: all get new ones.
      const keys = generateNKeysBetween(null, null, order.length);
      order.forEach((entry, place) => {
        put(doc, entry, keys[place] ?? entry.at);
      });
    }
  }, origin);
}

const put = (doc: Y.Doc, { name, form }: Entry, at: string): void => {
  metaOf(doc).set(PREFIX + name, { at, form });
};

/**
 * The change from what a file said to what it says, made to the document: only what changed there changes here. A document
 * that never read the forms of its file reads them all.
 */
export function applyFrontForms(doc: Y.Doc, before: FrontForms, now: FrontForms): void {
  const old = new Map(entriesOf(doc) ? before : []);
  const wanted = new Map(now);
  for (const name of old.keys()) if (!wanted.has(name)) metaOf(doc).set(PREFIX + name, null);
  for (const [name, form] of now) {
    const former = old.get(name);
    if (former === undefined || !sameJson(former, form)) setForm(doc, name, form);
  }
  const order = now.map(([name]) => name);
  if (
    !sameOrder(
      [...old.keys()].filter((name) => wanted.has(name)),
      order.filter((name) => old.has(name)),
    ) ||
    old.size < order.length
  )
    arrange(doc, order);
}

const sameOrder = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);

/** As the file has them; what only the document has keeps its place behind what it follows. */
function arrange(doc: Y.Doc, order: readonly string[]): void {
  const entries = entriesOf(doc) ?? [];
  const places = new Map(order.map((name, index) => [name, index]));
  const queue = entries
    .filter(({ name }) => places.has(name))
    .sort((a, b) => places.get(a.name)! - places.get(b.name)!);
  const arranged = entries.map((entry) => (places.has(entry.name) ? (queue.shift() ?? entry) : entry));
  if (arranged.every((entry, index) => entry === entries[index])) return;
  const keys = generateNKeysBetween(null, null, arranged.length);
  arranged.forEach((entry, index) => {
    put(doc, entry, keys[index] ?? entry.at);
  });
}
