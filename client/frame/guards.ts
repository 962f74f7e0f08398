/** What a value is, where types of Vega do not say. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Anything = (this: unknown, ...given: unknown[]) => unknown;
export const isCallable = (value: unknown): value is Anything => typeof value === 'function';
