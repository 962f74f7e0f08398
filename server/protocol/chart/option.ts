/**
 * The paragraph's option `chart` before anything of it is read: one object, or a list where the paragraph shows several
 * tables. Small, because every result asks it which view to show.
 */

/** Tables of one paragraph that have settings of their own. */
const MAX_CHARTS = 50;

type Part = Readonly<Record<string, unknown>>;

/** What is written for table number `index`; `{}` where it is nothing, or no object. */
export function partOf(option: unknown, index: number): Part {
  const one = Array.isArray(option) ? option[index] : index === 0 ? option : undefined;
  return isRecord(one) ? one : {};
}

/** The option with another part; undefined where nothing is left to say. */
export function withPart(option: unknown, index: number, part: Part): unknown {
  const list: unknown[] = Array.isArray(option) ? option.slice(0, MAX_CHARTS) : [option];
  if (index >= MAX_CHARTS) return option;
  while (list.length <= index) list.push(null);
  const entries = Object.entries(part).filter(([, value]) => value !== undefined);
  list[index] = entries.length === 0 ? null : Object.fromEntries(entries);
  while (list.length > 0 && !isRecord(list.at(-1))) list.pop();
  return list.length <= 1 ? list[0] : list.map((one) => (isRecord(one) ? one : null));
}

/** Of a result; the table is what stands where nothing is said. */
export type ResultView = 'table' | 'chart' | 'pivot';

export function viewAt(option: unknown, index: number): ResultView {
  const { show } = partOf(option, index);
  return show === 'chart' || show === 'pivot' ? show : 'table';
}

export const showsChart = (option: unknown, index: number): boolean => viewAt(option, index) === 'chart';

export function withView(option: unknown, index: number, view: ResultView): unknown {
  const { show: _, ...rest } = partOf(option, index);
  return withPart(option, index, view === 'table' ? rest : { show: view, ...rest });
}

/** Which of a paragraph's tables an output is: each has settings of its own, whatever stands between them. */
export const tablesBefore = (outputs: readonly { readonly kind: string }[], index: number): number =>
  outputs.slice(0, index).filter(({ kind }) => kind === 'table').length;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
