/** Errors of the library: a failure, and where it belongs in a paragraph. */
import { type FailureCode, type FailureParts, failure } from '../../errors.ts';
import type { Failure } from '../../protocol.ts';
import type { Located } from '../bridge.ts';
import type { Lambda } from '../lambda/lambda.ts';
import type { Node } from '../lambda/syntax.ts';

/** A verb as it was called: its errors point there. */
export type Call = { readonly verb: string; readonly stack: string };

/** `above`: the function whose caller is meant. */
export function callOf(verb: string, above: CallableFunction | NewableFunction): Call {
  const holder: { stack?: string } = {};
  Error.captureStackTrace(holder, above);
  return { verb, stack: holder.stack ?? '' };
}

export class LibraryError extends Error {
  readonly located: Located;
  constructor(located: Located) {
    super(located.failure.message);
    this.name = 'Error';
    this.located = located;
  }
}

export type Where =
  | { readonly call: Call; readonly word?: string }
  | { readonly call: Call; readonly lambda: Lambda; readonly node?: Node };

export const fail = (code: FailureCode, message: string, where: Where, parts: FailureParts = {}): LibraryError =>
  new LibraryError(locate(failure(code, message, parts), where));

export function locate(what: Failure, where: Where): Located {
  if ('lambda' in where && where.lambda.place) {
    const { paragraph, start } = where.lambda.place;
    const node = where.node ?? firstLine(where.lambda);
    return { failure: what, place: { paragraph, start: start + node.start, end: start + node.end } };
  }
  const word = 'word' in where ? where.word : undefined;
  return {
    failure: what,
    stack: where.call.stack,
    ...(word === undefined ? {} : { mark: { find: [`'${word}'`, `"${word}"`, `\`${word}\``, word] } }),
  };
}

const firstLine = ({ text }: Lambda): { start: number; end: number } => {
  const end = text.indexOf('\n');
  return { start: 0, end: end === -1 ? text.length : end };
};

/** What the engine's refusal carries, if it is one. */
export function failureIn(error: unknown): Failure | undefined {
  if (typeof error !== 'object' || error === null || !('failure' in error)) return undefined;
  const { failure: found } = error;
  return typeof found === 'object' && found !== null && 'code' in found && 'message' in found
    ? (found as Failure)
    : undefined;
}

/** Which of the names a mistyped one may have meant: an edit or two away, case and marks apart. */
export function nearest(wanted: string, names: readonly string[]): string | undefined {
  const target = fold(wanted);
  const allowed = target.length <= 2 ? 1 : target.length <= 7 ? 2 : 3;
  let best: { name: string; distance: number } | undefined;
  for (const name of names) {
    const other = fold(name);
    if (Math.abs(other.length - target.length) > allowed) continue;
    const distance = edits(target, other);
    if (distance <= allowed && distance < target.length && (!best || distance < best.distance))
      best = { name, distance };
  }
  return best?.name;
}

/** Longer names are not compared. */
const MAX_COMPARED = 64;
const fold = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[_\s-]/g, '')
    .slice(0, MAX_COMPARED);

function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  let before: number[] = [];
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
