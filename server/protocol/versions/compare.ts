/**
 * Two moments of a notebook side by side, paragraph by paragraph. A paragraph is the same one by its id; of those that
 * changed places, as few as can be count as moved. Pure, and linear but for the texts that differ.
 */
import { movedOf, sameContent } from '../change.ts';
import type { Json, Paragraph } from '../document.ts';
import type { FrontForms } from '../forms/list.ts';
import type { ParagraphId } from '../ids.ts';
import { sameJson, sortedJson } from '../json.ts';
import type { Moment } from './version.ts';

export type Pair =
  | { readonly kind: 'added'; readonly id: ParagraphId; readonly now: Paragraph }
  | { readonly kind: 'deleted'; readonly id: ParagraphId; readonly old: Paragraph }
  | {
      readonly kind: 'same' | 'changed' | 'moved';
      readonly id: ParagraphId;
      readonly old: Paragraph;
      readonly now: Paragraph;
      /** Beside what else changed in it. */
      readonly moved: boolean;
    };

export type Comparison = {
  /** In the order of now; what was deleted stands behind what it followed. */
  readonly pairs: readonly Pair[];
  readonly title: { readonly old: string; readonly now: string } | undefined;
  readonly front: { readonly old: string; readonly now: string } | undefined;
  readonly forms: { readonly old: string; readonly now: string } | undefined;
  readonly report: { readonly old: string; readonly now: string } | undefined;
  readonly annotations: { readonly old: string; readonly now: string } | undefined;
  /** Pairs that are not the same, and title, front matter, forms, report and annotations where they differ. */
  readonly changes: number;
};

export function compareMoments(old: Moment, now: Moment): Comparison {
  const places = new Map(old.paragraphs.map(({ id }, index) => [id, index]));
  const moved = new Set(movedOf(now.paragraphs.map(({ id }) => ({ id, from: places.get(id) }))));
  const here = new Set(now.paragraphs.map(({ id }) => id));
  const behind = new Map<ParagraphId | undefined, Pair[]>();
  let last: ParagraphId | undefined;
  for (const paragraph of old.paragraphs) {
    if (!here.has(paragraph.id)) put(behind, last, { kind: 'deleted', id: paragraph.id, old: paragraph });
    else if (!moved.has(paragraph.id)) last = paragraph.id;
  }
  const pairs: Pair[] = [...(behind.get(undefined) ?? [])];
  for (const paragraph of now.paragraphs) {
    const { id } = paragraph;
    const from = places.get(id);
    const before = from === undefined ? undefined : old.paragraphs[from];
    if (!before) pairs.push({ kind: 'added', id, now: paragraph });
    else {
      const isMoved = moved.has(id);
      const kind = !sameContent(before, paragraph) ? 'changed' : isMoved ? 'moved' : 'same';
      pairs.push({ kind, id, old: before, now: paragraph, moved: isMoved });
    }
    pairs.push(...(behind.get(id) ?? []));
  }
  const title = differing(old.title, now.title);
  const front = differing(old.front, now.front);
  const forms = differing(listed(old.forms), listed(now.forms));
  const report = differing(listed(old.report), listed(now.report));
  const annotations = differing(listed(old.annotations), listed(now.annotations));
  const heads = [title, front, forms, report, annotations].filter((one) => one !== undefined).length;
  const changes = pairs.filter((pair) => pair.kind !== 'same').length + heads;
  return { pairs, title, front, forms, report, annotations, changes };
}

const listed = (forms: FrontForms = []): string =>
  forms.map(([name, form]) => `${name}: ${printed(form) ?? ''}`).join('\n');

function put(behind: Map<ParagraphId | undefined, Pair[]>, after: ParagraphId | undefined, pair: Pair): void {
  const list = behind.get(after);
  if (list) list.push(pair);
  else behind.set(after, [pair]);
}

const differing = (old = '', now = '') => (old === now ? undefined : { old, now });

/** What of a paragraph changed beside its text: one entry each, with both values as people read them. */
export type Property = {
  readonly key: string;
  readonly old: string | undefined;
  readonly now: string | undefined;
};

/** `interpreter`, `name`, and each option by its key. */
export function changedProperties(old: Paragraph, now: Paragraph): readonly Property[] {
  const changed: Property[] = [];
  if (old.interpreter !== now.interpreter) {
    changed.push({ key: 'interpreter', old: old.interpreter, now: now.interpreter });
  }
  if ((old.name ?? '') !== (now.name ?? '')) changed.push({ key: 'name', old: old.name, now: now.name });
  const keys = [...new Set([...Object.keys(old.options), ...Object.keys(now.options)])].sort();
  for (const key of keys) {
    const [before, after] = [own(old, key), own(now, key)];
    const isSame = before === undefined || after === undefined ? before === after : sameJson(before, after);
    if (!isSame) changed.push({ key, old: printed(before), now: printed(after) });
  }
  return changed;
}

const own = ({ options }: Paragraph, key: string): Json | undefined =>
  Object.hasOwn(options, key) ? options[key] : undefined;

const printed = (value: Json | undefined): string | undefined =>
  value === undefined || typeof value === 'string' ? value : sortedJson(value);
