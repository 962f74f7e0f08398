/**
 * The one list of a notebook's forms: those of the front matter in its order, then those that paragraphs declare in place.
 * Of two declarations of one name the first counts, and one that says otherwise is a problem. Pure; page and server ask it.
 */
import { type Placeholder, placeholdersIn, placeholdersInProse } from '../../../interpreters/placeholders.ts';
import { type Json, type Paragraph, PROSE } from '../document.ts';
import { type DeclaredForm, type FormPlace, type FormProblem, type Forms, MOST_FORMS } from '../forms.ts';
import { sameJson } from '../json.ts';
import { declare } from './declare.ts';
import { declarationOf } from './place.ts';

/** As the front matter has them, by name. */
export type FrontForms = readonly (readonly [name: string, declaration: Json])[];
export type FormText = Pick<Paragraph, 'id' | 'interpreter' | 'source'>;

/** Interpreters in which `${…}` is a form's; in others it is the language's own. */
export const SQL = 'sql';

export const placeholdersOf = ({ interpreter, source }: Pick<Paragraph, 'interpreter' | 'source'>) =>
  interpreter === SQL ? placeholdersIn(source) : interpreter === PROSE ? placeholdersInProse(source) : [];

export function formsOf(front: FrontForms, paragraphs: Iterable<FormText>): Forms {
  const forms = new Map<string, DeclaredForm>();
  const problems: FormProblem[] = [];
  /** Of SQL: declared by nobody, they are texts. */
  const mentioned: { readonly name: string; readonly place: FormPlace }[] = [];

  function add(name: string, declaration: Json, place: FormPlace): void {
    const { form, complaints } = declare(name, declaration);
    for (const complaint of complaints) problems.push({ ...complaint, name, place });
    if (!form) return;
    const clash = clashOf(name, forms);
    const before = forms.get(name);
    if (clash !== undefined) problems.push({ code: 'form-name', name, place, message: clash });
    else if (before) {
      const { place: _, ...first } = before;
      if (!sameJson(first, form))
        problems.push({
          code: 'form-disagrees',
          name,
          place,
          message: `The form “${name}” is declared otherwise before.`,
        });
    } else if (forms.size >= MOST_FORMS)
      problems.push({ code: 'too-many-forms', name, place, message: `A notebook has up to ${MOST_FORMS} forms.` });
    else forms.set(name, { ...form, place });
  }

  for (const [name, declaration] of front) add(name, declaration, { in: 'front' });
  for (const paragraph of paragraphs) {
    for (const placeholder of placeholdersOf(paragraph)) {
      const place = placeIn(paragraph, placeholder);
      const declaration = declarationOf(placeholder);
      if (declaration !== undefined) add(placeholder.name, declaration, place);
      else if (paragraph.interpreter === SQL) mentioned.push({ name: placeholder.name, place });
    }
  }
  for (const { name, place } of mentioned) if (!isKnown(name, forms)) add(name, { type: 'text' }, place);
  return { forms: [...forms.values()], problems };
}

const placeIn = ({ id }: FormText, { start, end }: Placeholder): FormPlace => ({
  in: 'paragraph',
  paragraph: id,
  start,
  end,
});

/** Names of the two ends of a range, in SQL and in the shell. */
export const rangeNames = (name: string): readonly [from: string, to: string] => [`${name}_from`, `${name}_to`];

const namesOf = (form: DeclaredForm): readonly string[] =>
  form.type === 'date-range' ? [form.name, ...rangeNames(form.name)] : [form.name];

const isKnown = (name: string, forms: ReadonlyMap<string, DeclaredForm>): boolean =>
  [...forms.values()].some((form) => namesOf(form).includes(name));

/** SQL folds case, and a range has two names more. */
function clashOf(name: string, forms: ReadonlyMap<string, DeclaredForm>): string | undefined {
  const folded = name.toLowerCase();
  for (const form of forms.values()) {
    if (form.name === name) continue;
    if (form.name.toLowerCase() === folded)
      return `The forms “${form.name}” and “${name}” differ by case only, which SQL does not tell apart.`;
    if (namesOf(form).some((one) => one.toLowerCase() === folded))
      return `“${name}” is an end of the range “${form.name}”.`;
  }
  return undefined;
}
