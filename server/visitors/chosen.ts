/**
 * Whether what was chosen in forms whose options a query gives is among its rows: asked before anything runs with it, of the
 * engine that is to run it. What the author wrote as the notebook's own is not looked for. Where the rows can't be read nothing
 * is let through.
 */
import type { Principal } from '../access/principal.ts';
import { AppError } from '../errors.ts';
import { isList } from '../protocol/forms/read.ts';
import { type Choice, type Form, type FormValue, isQuery } from '../protocol/forms.ts';
import type { NotebookId } from '../protocol/ids.ts';
import { fill, type RawValues } from '../runs/inputs.ts';
import type { NotebookRuns } from '../runs/notebook.ts';
import type { NamedResult } from '../sessions/contract.ts';
import type { Choices } from './choices.ts';
import { type IdleSession, visitorOf } from './visitor.ts';
import type { Visitors } from './visitors.ts';

export type Chosen = {
  readonly notebook: NotebookId;
  readonly forms: readonly Form[];
  /** As they came. */
  readonly raw: RawValues;
  /** Which the query finds; asked for only where there is something to look for. */
  readonly tables: () => Promise<readonly NamedResult[]>;
  /** Whether they may see the query, and what is wrong with it. */
  readonly whole: boolean;
  /** Who chose. */
  readonly principal: Principal;
};

export type Openers = {
  readonly choices: Pick<Choices, 'lacking'>;
  readonly visitors: Pick<Visitors, 'find' | 'open' | 'idle' | 'endUnused'>;
};

/** The session in which it is to run, once what was chosen may be. Rejects as `checkChosen` does, and as `Visitors.open` does. */
export async function openWith(chosen: Chosen, { choices, visitors }: Openers): Promise<NotebookRuns> {
  const { notebook, principal } = chosen;
  // What is no value takes nobody's place.
  fill(chosen.forms, chosen.raw);
  const isNew = visitors.find(notebook, principal) === undefined;
  const runs = await visitors.open(notebook, principal);
  try {
    await checkChosen(choices, chosen, visitors.idle(notebook, principal));
  } catch (cause) {
    // A place in which nothing came to run is somebody else's.
    if (isNew) await visitors.endUnused(notebook, principal);
    throw cause;
  }
  return runs;
}

/** Rejects with AppError: form-option, options-failed, too-many, and what `fill` throws. */
async function checkChosen(
  choices: Pick<Choices, 'lacking'>,
  { notebook, forms, raw, tables, whole, principal }: Chosen,
  session?: IdleSession,
): Promise<void> {
  const { values } = fill(forms, raw);
  const { inputs } = fill(forms);
  for (const form of forms) {
    if ((form.type !== 'select' && form.type !== 'multi-select') || !isQuery(form.options)) continue;
    const own = new Set(choicesIn(form.default));
    const others = choicesIn(values.get(form.name) ?? form.default).filter((choice) => !own.has(choice));
    if (others.length === 0) continue;
    const asker = visitorOf(principal) ?? principal.kind;
    const ask = { notebook, form, query: form.options.query, inputs, tables: await tables(), asker, session };
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
