/** Errors of the library: a failure, and where it belongs in a paragraph. */
import { type FailureCode, type FailureParts, failure } from '../../errors.ts';
import { closeNames } from '../../likeness.ts';
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

/** The name that a mistyped one may have meant. */
export const nearest = (wanted: string, names: readonly string[]): string | undefined =>
  closeNames(wanted, names, 1)[0];
