/** Forms that can stand at the caret: behind `$` in SQL, of which the engine knows nothing, and in the shell. Pure. */
import { rangeNames, SQL } from '../../server/protocol/forms/list.ts';
import type { Form } from '../../server/protocol/forms.ts';
import type { Completion } from '../../server/protocol/messages.ts';

/** Undefined where no form is meant. */
export function formsAt(
  interpreter: string,
  text: string,
  offset: number,
  forms: readonly Form[],
): readonly Completion[] | undefined {
  if (interpreter !== SQL && interpreter !== 'shell') return undefined;
  const [typed, word = ''] = /\$\{?([A-Za-z_][A-Za-z0-9_]*)?$/.exec(text.slice(0, offset)) ?? [];
  if (typed === undefined || forms.length === 0) return undefined;
  return forms
    .flatMap((form) => {
      const ends = form.type === 'date-range' ? rangeNames(form.name) : [];
      // A shell has no ranges.
      const names = ends.length > 0 && interpreter !== SQL ? ends : [form.name, ...ends];
      return names.map((name) => ({ name, form }));
    })
    .filter(({ name }) => name.toLowerCase().startsWith(word.toLowerCase()))
    .map(({ name, form }) => ({
      label: name,
      kind: 'other',
      detail: form.label ?? form.type,
      insert: name,
      start: offset - word.length,
    }));
}
