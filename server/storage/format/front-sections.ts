/**
 * The mappings of the front matter that are Gondola's, `forms:`, `report:` and `annotations:`: read as JSON, and written so that what did not
 * change keeps its bytes. An entry that is as it was keeps its lines with the comments behind it, the others are printed. What
 * that would not bring back (odd layouts, anchors across entries) is printed anew as a whole. Where even that does not, or would
 * lose what stands there and cannot be read, nothing is written, and whoever asked is told.
 */
import { type Document, isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Json } from '../../protocol/document.ts';
import { sameJson } from '../../protocol/json.ts';
import type { FrontSection } from '../../protocol/messages.ts';

/** Entries by name; those of `forms:` have an order, those of the others that of their file. */
export type FrontEntries = readonly (readonly [string, Json])[];

/** More is no list of inputs: it is left in the file, unread. */
const MOST_ENTRIES = 1_000;

/** Of a repeated name the first counts. Undefined where there is no such mapping. */
export function readFrontSection(document: Document.Parsed, section: FrontSection): FrontEntries | undefined {
  const map = pairOf(document, section)?.value;
  if (!isMap(map) || map.items.length > MOST_ENTRIES) return undefined;
  const forms = new Map<string, Json>();
  for (const item of map.items) {
    const name = nameOf(item);
    if (name === undefined || forms.has(name)) continue;
    try {
      forms.set(name, plainJson(isNode(item.value) ? item.value.toJS(document) : null));
    } catch {
      // Aliases without end: this one is not read.
    }
  }
  return [...forms];
}

/** `unwritten`: it can't be said in this YAML, which is as it was. */
export type WrittenFront = { readonly yaml: string | undefined; readonly unwritten?: true };

/** The YAML with these entries and all else as it was. */
export function setFrontSection(yaml: string | undefined, section: FrontSection, wanted: FrontEntries): WrittenFront {
  const document = parse(yaml ?? '');
  const now = document && readFrontSection(document, section);
  const given = wanted.filter(([name]) => name.isWellFormed()).map(([name, form]) => [name, plainJson(form)] as const);
  const entries = section === 'forms' ? given : inFileOrder(given, now ?? []);
  if (document && sameEntries(now ?? [], entries)) return { yaml };
  if (!document || isUnreadable(document, section)) return { yaml, unwritten: true };
  for (const attempt of [kept, printed]) {
    const text = attempted(attempt, { yaml: yaml ?? '', section, document, now: now ?? [], entries });
    const read = text === undefined ? undefined : parse(text);
    if (text === undefined || !read || (resolves(document) && !resolves(read))) continue;
    if (sameEntries(readFrontSection(read, section) ?? [], entries))
      return { yaml: text.trim() === '' ? undefined : text };
  }
  return { yaml, unwritten: true };
}

/** Something stands there that is no mapping, or holds entries of which nobody knows what they say. */
function isUnreadable(document: Document.Parsed, section: FrontSection): boolean {
  const value = pairOf(document, section)?.value;
  if (value === undefined || value === null || (isScalar(value) && value.value === null)) return false;
  const read = readFrontSection(document, section);
  if (!isMap(value) || !read) return true;
  const known = new Set(read.map(([name]) => name));
  return value.items.some((item) => !known.has(nameOf(item) ?? ''));
}

/** Whether each alias still has its anchor, for whoever else reads the file. */
function resolves(document: Document.Parsed): boolean {
  try {
    document.toJS();
    return true;
  } catch {
    return false;
  }
}

/** Undefined where the library can't print it: an alias whose anchor went. */
function attempted(attempt: (how: Attempt) => string, how: Attempt): string | undefined {
  try {
    return attempt(how);
  } catch {
    return undefined;
  }
}

function inFileOrder(entries: FrontEntries, now: FrontEntries): FrontEntries {
  const places = new Map(now.map(([name], index) => [name, index]));
  const placeOf = (name: string): number => places.get(name) ?? places.size;
  return entries.toSorted(([a], [b]) => placeOf(a) - placeOf(b));
}

function parse(yaml: string): Document.Parsed | undefined {
  const document = parseDocument(yaml, { logLevel: 'silent', uniqueKeys: false });
  return document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)) ? undefined : document;
}

export const sameEntries = (one: FrontEntries, other: FrontEntries): boolean =>
  one.length === other.length &&
  one.every(([name, form], index) => name === other[index]?.[0] && sameJson(form, other[index]?.[1] ?? null));

function pairOf({ contents }: Document.Parsed, section: FrontSection): Pair | undefined {
  if (!isMap(contents)) return undefined;
  return (contents as YAMLMap).items.find((item) => isScalar(item.key) && item.key.value === section);
}

const nameOf = ({ key }: Pair): string | undefined => {
  const name = isScalar(key) ? key.value : undefined;
  return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined;
};

type Node = { toJS(document: Document): unknown; readonly range?: readonly [number, number, number] | null };
const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'toJS' in value;

/** What a client or YAML holds beyond JSON becomes the nearest that a file can say. */
function plainJson(value: unknown): Json {
  const text = JSON.stringify(value, (_, one: unknown) => (typeof one === 'string' ? one.toWellFormed() : one));
  return text === undefined ? null : (JSON.parse(text) as Json);
}

type Attempt = {
  readonly yaml: string;
  readonly section: FrontSection;
  readonly document: Document.Parsed;
  readonly now: FrontEntries;
  readonly entries: FrontEntries;
};

/** Entries that are as they were keep their text, from their name to the next one. */
function kept({ yaml, section: name, document, now, entries: forms }: Attempt): string {
  const pair = pairOf(document, name);
  const section = pair && sectionOf(pair);
  if (forms.length === 0) return section ? yaml.slice(0, section.start) + yaml.slice(section.end) : yaml;
  if (!pair || !section) return `${yaml === '' || yaml.endsWith('\n') ? yaml : `${yaml}\n`}${print(name, forms)}`;
  const map = pair.value;
  if (!isMap(map) || map.flow || map.items.length === 0) {
    const rest = yaml.slice(section.end);
    return yaml.slice(0, section.start) + print(name, forms) + (rest === '' ? '' : `\n${rest}`);
  }
  const starts = map.items.map(({ key }) => lineStart(yaml, isNode(key) ? (key.range?.[0] ?? 0) : 0));
  const indent = yaml.slice(starts[0] ?? 0).match(/^ */)?.[0] ?? '';
  const texts = new Map<string, string>();
  map.items.forEach((item, index) => {
    const key = nameOf(item);
    if (key === undefined || texts.has(key)) return;
    const text = yaml.slice(starts[index], starts[index + 1] ?? section.end);
    texts.set(key, text.endsWith('\n') ? text : `${text}\n`);
  });
  const former = new Map(now);
  const entries = forms.map(([key, form]) => {
    const before = former.get(key);
    const text = before === undefined || !sameJson(before, form) ? undefined : texts.get(key);
    return text ?? `${indented(entry(key, form), indent)}\n`;
  });
  const text = yaml.slice(0, starts[0]) + entries.join('') + yaml.slice(section.end);
  return yaml.endsWith('\n') ? text : text.replace(/\n$/, '');
}

function printed({ yaml, section, entries }: Attempt): string {
  const document = parse(yaml);
  if (!document) return yaml;
  if (entries.length === 0) document.delete(section);
  else document.set(section, document.createNode(Object.fromEntries(entries)));
  return entries.length === 0 && isMap(document.contents) && document.contents.items.length === 0
    ? ''
    : document.toString({ lineWidth: 0 }).replace(/\n$/, '');
}

/** From the line of the key to where the next key of the front matter, or what is said before it, begins. */
function sectionOf({ key, value }: Pair): { readonly start: number; readonly end: number } | undefined {
  const start = isNode(key) ? key.range?.[0] : undefined;
  const end = isNode(value) ? value.range?.[2] : undefined;
  return start === undefined || end === undefined ? undefined : { start, end };
}

const lineStart = (yaml: string, at: number): number => yaml.lastIndexOf('\n', at - 1) + 1;

const print = (section: FrontSection, entries: FrontEntries): string =>
  `${section}:\n${entries.map(([name, form]) => indented(entry(name, form), '  ')).join('\n')}`;

const entry = (name: string, form: Json): string =>
  stringify(Object.fromEntries([[name, form]]), { lineWidth: 0 }).trimEnd();

/** A text over several lines is indented by YAML against its key already. */
const indented = (text: string, indent: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
