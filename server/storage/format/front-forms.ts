/**
 * `forms:` of the front matter: read as JSON, and written so that what did not change keeps its bytes. A form is an entry of
 * the mapping; one that is as it was keeps its lines with the comments behind it, the others are printed. What that would not
 * bring back (odd layouts, anchors across entries) is printed anew as a whole.
 */
import { type Document, isMap, isScalar, type Pair, parseDocument, stringify, type YAMLMap } from 'yaml';
import type { Json } from '../../protocol/document.ts';
import type { FrontForms } from '../../protocol/forms/list.ts';
import { sameJson } from '../../protocol/json.ts';

/** More is no list of inputs: it is left in the file, unread. */
const MOST_ENTRIES = 1_000;

/** Of a repeated name the first counts. Undefined where there is no such mapping. */
export function readFrontForms(document: Document.Parsed): FrontForms | undefined {
  const map = formsPair(document)?.value;
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

/** The YAML with these forms and all else as it was. */
export function setFrontForms(yaml: string | undefined, wanted: FrontForms): string | undefined {
  const forms = wanted.filter(([name]) => name.isWellFormed()).map(([name, form]) => [name, plainJson(form)] as const);
  const document = parse(yaml ?? '');
  const now = document && readFrontForms(document);
  if (!document || sameForms(now ?? [], forms)) return yaml;
  for (const attempt of [kept, printed]) {
    const text = attempt(yaml ?? '', document, now ?? [], forms);
    const read = parse(text);
    if (read && sameForms(readFrontForms(read) ?? [], forms)) return text.trim() === '' ? undefined : text;
  }
  return yaml;
}

function parse(yaml: string): Document.Parsed | undefined {
  const document = parseDocument(yaml, { logLevel: 'silent', uniqueKeys: false });
  return document.errors.length > 0 || (document.contents !== null && !isMap(document.contents)) ? undefined : document;
}

export const sameForms = (one: FrontForms, other: FrontForms): boolean =>
  one.length === other.length &&
  one.every(([name, form], index) => name === other[index]?.[0] && sameJson(form, other[index]?.[1] ?? null));

function formsPair({ contents }: Document.Parsed): Pair | undefined {
  if (!isMap(contents)) return undefined;
  return (contents as YAMLMap).items.find((item) => isScalar(item.key) && item.key.value === 'forms');
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

/** Entries that are as they were keep their text, from their name to the next one. */
function kept(yaml: string, document: Document.Parsed, now: FrontForms, forms: FrontForms): string {
  const pair = formsPair(document);
  const section = pair && sectionOf(pair);
  if (forms.length === 0) return section ? yaml.slice(0, section.start) + yaml.slice(section.end) : yaml;
  if (!pair || !section) return `${yaml === '' || yaml.endsWith('\n') ? yaml : `${yaml}\n`}${print(forms)}`;
  const map = pair.value;
  if (!isMap(map) || map.flow || map.items.length === 0) {
    const rest = yaml.slice(section.end);
    return yaml.slice(0, section.start) + print(forms) + (rest === '' ? '' : `\n${rest}`);
  }
  const starts = map.items.map(({ key }) => lineStart(yaml, isNode(key) ? (key.range?.[0] ?? 0) : 0));
  const indent = yaml.slice(starts[0] ?? 0).match(/^ */)?.[0] ?? '';
  const texts = new Map<string, string>();
  map.items.forEach((item, index) => {
    const name = nameOf(item);
    if (name === undefined || texts.has(name)) return;
    const text = yaml.slice(starts[index], starts[index + 1] ?? section.end);
    texts.set(name, text.endsWith('\n') ? text : `${text}\n`);
  });
  const former = new Map(now);
  const entries = forms.map(([name, form]) => {
    const before = former.get(name);
    const text = before === undefined || !sameJson(before, form) ? undefined : texts.get(name);
    return text ?? `${indented(entry(name, form), indent)}\n`;
  });
  const text = yaml.slice(0, starts[0]) + entries.join('') + yaml.slice(section.end);
  return yaml.endsWith('\n') ? text : text.replace(/\n$/, '');
}

function printed(yaml: string, _document: Document.Parsed, _now: FrontForms, forms: FrontForms): string {
  const document = parse(yaml);
  if (!document) return yaml;
  if (forms.length === 0) document.delete('forms');
  else document.set('forms', document.createNode(Object.fromEntries(forms)));
  return forms.length === 0 && isMap(document.contents) && document.contents.items.length === 0
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

const print = (forms: FrontForms): string =>
  `forms:\n${forms.map(([name, form]) => indented(entry(name, form), '  ')).join('\n')}`;

const entry = (name: string, form: Json): string =>
  stringify(Object.fromEntries([[name, form]]), { lineWidth: 0 }).trimEnd();

/** A text over several lines is indented by YAML against its key already. */
const indented = (text: string, indent: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
