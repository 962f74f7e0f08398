/** Values of forms as they come in a body: read by people, so nothing sensible is nested deeply. */
import { AppError } from '../errors.ts';
import type { Json } from '../protocol/document.ts';

const DEEPEST = 32;

/** Throws AppError where they are nested deeper. */
export function jsonOf(forms: Readonly<Record<string, unknown>>): Readonly<Record<string, Json>> {
  const deep = (value: unknown, level: number): boolean =>
    typeof value === 'object' &&
    value !== null &&
    (level === 0 || Object.values(value).some((one) => deep(one, level - 1)));
  if (deep(forms, DEEPEST)) throw new AppError('bad-request', `forms are nested more than ${DEEPEST} deep`);
  return forms as Readonly<Record<string, Json>>;
}
