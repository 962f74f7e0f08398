/** The forms of a notebook as somebody may know of them: all, or those that what they may run depends on. */
import { isPublished, mayRun, type View } from '../access/view.ts';
import { type Paragraph, PROSE } from '../protocol/document.ts';
import { changedForms } from '../protocol/forms/read.ts';
import type { DeclaredForm } from '../protocol/forms.ts';
import type { Run } from '../protocol/runs.ts';
import { fill, type RawValues } from '../runs/inputs.ts';
import type { LiveNotebook } from './services.ts';

type Live = Pick<LiveNotebook, 'forms' | 'paragraphs' | 'dependence'>;

export function seenForms(view: View, live: Live): readonly DeclaredForm[] {
  const { forms } = live.forms();
  if (view.whole || forms.length === 0) return forms;
  const paragraphs = new Map(live.paragraphs().map((one) => [one.id, one]));
  const names = new Set<string>();
  for (const [id, needed] of live.dependence())
    if (isAsked(view, paragraphs.get(id))) for (const name of needed) names.add(name);
  return forms.filter(({ name }) => names.has(name));
}

/** A form may be declared in the text that asks for it: of one that is not published nothing is told. */
const isAsked = (view: View, paragraph: Paragraph | undefined): boolean =>
  paragraph !== undefined &&
  isPublished(view, paragraph) &&
  (paragraph.interpreter === PROSE || mayRun(view, paragraph.id));

/** The record of a run holds the values of all forms. */
export function seenValues<T>(
  view: View,
  live: Live,
  values: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  if (view.whole) return values;
  const names = new Set(seenForms(view, live).map(({ name }) => name));
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
}

/** Of the values of a run those that its paragraph depends on, and of forms that are no more: the record holds all. */
export function valuesOf(view: View, live: Live): (run: Pick<Run, 'paragraph' | 'forms'>) => Run['forms'] {
  const declared = new Set(live.forms().forms.map(({ name }) => name));
  const seen = new Set(seenForms(view, live).map(({ name }) => name));
  const dependence = live.dependence();
  return ({ paragraph, forms }) => {
    const needed = dependence.get(paragraph);
    const isTold = (name: string): boolean =>
      declared.has(name) ? seen.has(name) && needed?.has(name) === true : view.whole;
    return Object.fromEntries(Object.entries(forms).filter(([name]) => isTold(name)));
  };
}

/** Whether these values are the notebook's own. Throws AppError where they are none of these forms. */
export const isOwn = (forms: readonly DeclaredForm[], raw: RawValues): boolean =>
  changedForms(forms, fill(forms, raw).values).length === 0;
