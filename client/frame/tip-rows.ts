/** What a chart says of the thing under the pointer, as lines of text. */
import type { TipRow } from './painter-messages.ts';

/** A longer list is not read. */
const ROWS = 30;
const CHARACTERS = 300;

/** `restore`: gives columns that had to be called otherwise their names back. */
export function tipRows(
  value: unknown,
  restore: (text: string) => string = (text) => text,
): readonly TipRow[] | undefined {
  if (value === null || value === undefined || value === '') return undefined;
  if (typeof value !== 'object' || value instanceof Date) return [{ name: '', value: text(value) }];
  if (Array.isArray(value)) return value.slice(0, ROWS).map((one) => ({ name: '', value: text(one) }));
  // A whole row has such columns twice.
  const lines = new Map(Object.entries(value).map(([name, one]) => [restore(name), one]));
  return [...lines].slice(0, ROWS).map(([name, one]) => ({ name: text(name), value: text(one) }));
}

function text(value: unknown): string {
  const whole = typeof value === 'object' && value !== null && !(value instanceof Date) ? json(value) : String(value);
  return whole.length > CHARACTERS ? `${whole.slice(0, CHARACTERS)}…` : whole;
}

function json(value: object): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '…';
  }
}
