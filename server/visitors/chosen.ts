/**
 * Whether what was chosen in forms whose options a query gives is among its rows: asked before anything runs with it. What the
 * author wrote as the notebook's own is not looked for. Where the rows can't be read nothing is let through.
 */
import { AppError } from '../errors.ts';
import { isList } from '../protocol/forms/read.ts';
import { type Choice, type Form, type FormValue, isQuery } from '../protocol/forms.ts';
import type { NotebookId } from '../protocol/ids.ts';
import { fill, type RawValues } from '../runs/inputs.ts';
import type { NamedResult } from '../sessions/contract.ts';
import type { Choices } from './choices.ts';

export type Chosen = {
  readonly notebook: NotebookId;
  readonly forms: readonly Form[];
  /** As they came. */
  readonly raw: RawValues;
  /** Which the query finds; asked for only where there is something to look for. */
  readonly tables: () => Promise<readonly NamedResult[]>;
  /** Whether they may see the query, and what is wrong with it. */
  readonly whole: boolean;
};

/** Rejects with AppError: form-option, options-failed, too-many, and what `fill` throws. */
export async function checkChosen(
  choices: Pick<Choices, 'lacking'>,
  { notebook, forms, raw, tables, whole }: Chosen,
): Promise<void> {
  const { values } = fill(forms, raw);
  const { inputs } = fill(forms);
  for (const form of forms) {
    if ((form.type !== 'select' && form.type !== 'multi-select') || !isQuery(form.options)) continue;
    const own = new Set(choicesIn(form.default));
    const others = choicesIn(values.get(form.name) ?? form.default).filter((choice) => !own.has(choice));
    if (others.length === 0) continue;
    const ask = { notebook, form, query: form.options.query, inputs, tables: await tables() };
    const [lacking] = await choices.lacking(ask, others).catch((cause) => {
      throw whole ? cause : bare(cause);
    });
    if (lacking !== undefined)
      throw new AppError(
        'form-option',
        `The form “${form.name}” has no option ${JSON.stringify(lacking).slice(0, 100)}.`,
      );
  }
}

/** To whoever may not see the query: that it failed, and no more. */
export const bare = (cause: unknown): unknown =>
  cause instanceof AppError && cause.code === 'options-failed'
    ? new AppError('options-failed', 'its query failed.')
    : cause;

function choicesIn(value: FormValue): readonly Choice[] {
  if (isList(value)) return value;
  return typeof value === 'string' || typeof value === 'number' ? [value] : [];
}
