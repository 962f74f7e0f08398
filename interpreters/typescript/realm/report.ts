/** What can be told of a thrown value, which may be anything: an error whose getters throw, a text, nothing. */
import type { Library, Paragraph } from '../bridge.ts';
import { inspect } from './inspect.ts';
import type { Report } from './outer.ts';

/** Causes of an error that are told. */
const MAX_CAUSES = 3;
const MAX_MESSAGE = 10_000;
const MAX_STACK = 20_000;

export function reporter(options: {
  readonly failureOf: Library['failureOf'];
  readonly unitOf: (paragraph: Paragraph) => number | undefined;
  /** Where what failed was imported. */
  readonly placeOf: (error: unknown) => Report['place'];
}): (error: unknown) => Report {
  return (given) => {
    const error = read(() => given instanceof Error || true) ? given : 'a value that can’t be looked at';
    const located = read(() => options.failureOf(error));
    const stack = located?.stack ?? (error instanceof Error ? read(() => String(error.stack)) : undefined);
    const own = located?.place;
    const unit = own && options.unitOf(own.paragraph);
    const place = own && unit !== undefined ? { unit, start: own.start, end: own.end } : options.placeOf(error);
    return {
      ...named(error),
      stack: (stack ?? '').slice(0, MAX_STACK),
      ...(located ? { failure: located.failure } : {}),
      ...(place ? { place } : {}),
      ...(located?.mark ? { mark: located.mark } : {}),
    };
  };
}

function named(error: unknown): { readonly name: string; readonly message: string } {
  if (!(error instanceof Error)) return { name: '', message: `It threw ${inspect(error)}`.slice(0, MAX_MESSAGE) };
  const name = read(() => String(error.name)) ?? 'Error';
  const messages = [read(() => String(error.message)) ?? ''];
  let cause = read(() => error.cause);
  for (let count = 0; count < MAX_CAUSES && cause !== undefined; count += 1) {
    const one = cause;
    messages.push(`Caused by: ${one instanceof Error ? read(() => `${one.name}: ${one.message}`) : inspect(one)}`);
    cause = one instanceof Error ? read(() => one.cause) : undefined;
  }
  return { name, message: messages.join('\n').slice(0, MAX_MESSAGE) };
}

function read<T>(get: () => T): T | undefined {
  try {
    return get();
  } catch {
    return undefined;
  }
}
