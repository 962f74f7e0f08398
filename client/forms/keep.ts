/** What the front matter says of a form, with another default: pure. */
import type { Json } from '../../server/protocol/document.ts';
import { declare } from '../../server/protocol/forms/declare.ts';
import type { Form, FormValue } from '../../server/protocol/forms.ts';
import { jsonOf } from './standing.ts';

/** A declaration that is its default alone stays so where that says as much. */
export function withDefault(form: Form, declaration: Json, value: FormValue): Json {
  const wanted = jsonOf(value);
  if (typeof declaration === 'object' && declaration !== null && !Array.isArray(declaration))
    return { ...declaration, default: wanted };
  const says = wanted === null || typeof wanted === 'object' ? undefined : declare(form.name, wanted).form;
  return says?.type === form.type ? wanted : { type: form.type, default: wanted };
}
