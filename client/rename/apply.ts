/**
 * A plan of a renaming written into the document: all of it in one step that one undo takes back, or none of it, if any
 * text is another than the one that was read.
 */

import type { Json } from '../../server/protocol/document.ts';
import { paragraphMap, setName, sourceOf } from '../../server/protocol/document.ts';
import { frontFormsOf, setForm } from '../../server/protocol/forms/document.ts';
import { type RenamePlan, withEdits } from '../../server/protocol/rename.ts';
import { write } from '../editor/splice.ts';
import type { LiveNotebook } from '../live/contract.ts';

type Line = Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>;

/** Undefined: somebody wrote in one of the texts, or named the result, so that it has to be planned anew. Else what takes it back. */
export function applyPlan(
  { doc, origin, undo }: Line,
  plan: RenamePlan,
  { from, to }: { readonly from: string; readonly to: string },
): (() => boolean) | undefined {
  const forms = new Map(frontFormsOf(doc) ?? []);
  const isSame =
    plan.texts.every(
      ({ paragraph, source }) => isThere(doc, paragraph) && sourceOf(doc, paragraph)?.toString() === source,
    ) &&
    plan.forms.every(({ form, source }) => queryOf(forms.get(form)) === source) &&
    (plan.owner === undefined || (isThere(doc, plan.owner) && isCalled(doc, plan.owner, [from, to])));
  if (!isSame) return undefined;
  undo.stopCapturing();
  doc.transact(() => {
    if (plan.owner !== undefined && paragraphMap(doc, plan.owner)?.get('name') !== to)
      setName(doc, plan.owner, to, origin);
    for (const { paragraph, edits } of plan.texts) {
      const text = sourceOf(doc, paragraph);
      const splices = edits
        .toSorted((a, b) => b.start - a.start)
        .map(({ start, end, text: insert }) => ({ at: start, remove: end - start, insert }));
      if (text) write(text, splices, origin);
    }
    for (const { form, source, edits } of plan.forms) {
      const known = forms.get(form);
      if (known !== undefined) setForm(doc, form, withQuery(known, withEdits(source, edits)), origin);
    }
  }, origin);
  undo.stopCapturing();
  const done = undo.undoStack.at(-1);
  return () => {
    if (done === undefined || undo.undoStack.at(-1) !== done) return false;
    undo.undo();
    return true;
  };
}

const isThere = (doc: Line['doc'], id: string): boolean => {
  const map = paragraphMap(doc, id);
  return map !== undefined && map.get('deleted') === undefined;
};

/** A name that a colleague gave it meanwhile is theirs. */
function isCalled(doc: Line['doc'], id: string, names: readonly string[]): boolean {
  const name = paragraphMap(doc, id)?.get('name');
  return typeof name === 'string' && names.some((one) => one.toLowerCase() === name.toLowerCase());
}

type JsonObject = { readonly [key: string]: Json };
const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function queryOf(form: Json | undefined): string | undefined {
  const options = isObject(form) ? form.options : undefined;
  return isObject(options) && typeof options.query === 'string' ? options.query : undefined;
}

const withQuery = (form: Json, query: string): Json =>
  isObject(form) && isObject(form.options) ? { ...form, options: { ...form.options, query } } : form;
