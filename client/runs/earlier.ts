/**
 * The runs of one paragraph as its history shows them: which stand side by side, in which values these differ, and what goes
 * back into the forms. Pure.
 */
import type { Json } from '../../server/protocol/document.ts';
import { shownValue } from '../../server/protocol/forms/prose.ts';
import { readValue } from '../../server/protocol/forms/read.ts';
import { type Form, isPassword } from '../../server/protocol/forms.ts';
import type { RunId } from '../../server/protocol/ids.ts';
import { sameJson } from '../../server/protocol/json.ts';
import { isEnded, type Run } from '../../server/protocol/runs.ts';

export type EarlierRun = Pick<Run, 'id' | 'by' | 'asked' | 'phase'> & {
  /** Of the forms that the paragraph depends on, and of such as are no more. */
  readonly forms: Readonly<Record<string, Json>>;
  /** Of a session of one's own. */
  readonly own: boolean;
  /** Of one that has ended: what it showed is not kept. */
  readonly gone: boolean;
  /** When the result was made that it used instead of running. */
  readonly usedOf?: number;
};

/** Columns narrower than a quarter of a screen hold no table. */
export const MOST_BESIDE = 4;

/** The newest, and beside it the newest that ran with other values; else the one before it. */
export function firstChosen(runs: readonly EarlierRun[]): readonly RunId[] {
  const said = runs.filter((run) => isEnded(run.phase) && !run.gone && run.phase.state !== 'cancelled');
  const [newest, before] = said.length > 0 ? said : runs;
  if (!newest) return [];
  const other = said.find((run) => differing([newest, run]).size > 0) ?? before;
  return other ? [newest.id, other.id] : [newest.id];
}

export function choose(chosen: readonly RunId[], run: RunId, on: boolean): readonly RunId[] {
  const others = chosen.filter((one) => one !== run);
  return on && others.length < MOST_BESIDE ? [...others, run] : others;
}

/** Names of the forms whose values are not the same in all of these. */
export function differing(runs: readonly Pick<EarlierRun, 'forms'>[]): ReadonlySet<string> {
  const [first, ...others] = runs;
  const names = new Set(runs.flatMap(({ forms }) => Object.keys(forms)));
  const valueIn = ({ forms }: Pick<EarlierRun, 'forms'>, name: string): Json | undefined =>
    Object.hasOwn(forms, name) ? forms[name] : undefined;
  return new Set(
    [...names].filter((name) => {
      const value = first && valueIn(first, name);
      return others.some((run) => {
        const other = valueIn(run, name);
        return value === undefined || other === undefined ? value !== other : !sameJson(value, other);
      });
    }),
  );
}

export type ShownValue = {
  readonly name: string;
  readonly label: string;
  readonly text: string;
  /** There is no such form any more. */
  readonly isLost: boolean;
};

/** In the order of the forms, what is none any more behind them. */
export function valuesShown(forms: readonly Form[], run: Pick<EarlierRun, 'forms'>): readonly ShownValue[] {
  const known = forms.filter((form) => Object.hasOwn(run.forms, form.name));
  const names = new Set(known.map(({ name }) => name));
  const lost = Object.keys(run.forms).filter((name) => !names.has(name));
  return [
    ...known.map((form) => ({
      name: form.name,
      label: form.label ?? form.name,
      text: textOf(form, run.forms[form.name]),
      isLost: false,
    })),
    ...lost.map((name) => ({ name, label: name, text: plain(run.forms[name]), isLost: true })),
  ];
}

/** What a run's values put into the forms: of those that there are. */
export const toFill = (
  forms: readonly Form[],
  run: Pick<EarlierRun, 'forms'>,
): readonly (readonly [name: string, raw: Json])[] =>
  forms.flatMap((form) => {
    const value = Object.hasOwn(run.forms, form.name) ? run.forms[form.name] : undefined;
    return value === undefined || isPassword(form) ? [] : [[form.name, value] as const];
  });

/** A form may have been declared otherwise then. */
function textOf(form: Form, value: Json | undefined): string {
  const read = readValue(form, value);
  return 'value' in read ? shownValue(form, read.value) : plain(value);
}

const plain = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined || value === null ? '' : JSON.stringify(value);
