/** `count sum mean …`: what `summarize` takes. Each names a column, or computes one by a lambda. */
import { callOf, fail } from './failures.ts';
import type { AggregateName, AggregateSpec } from './plan.ts';
import type { AnyFunction, Session } from './session.ts';

export class Aggregate {
  readonly #spec: AggregateSpec;
  constructor(spec: AggregateSpec) {
    this.#spec = spec;
  }
  static spec(value: unknown): AggregateSpec | undefined {
    return typeof value === 'object' && value !== null && #spec in value ? value.#spec : undefined;
  }
}

const WITHOUT: ReadonlySet<AggregateName> = new Set(['count', 'share']);
const NAMES: readonly AggregateName[] = [
  'count',
  'sum',
  'mean',
  'min',
  'max',
  'median',
  'stddev',
  'distinct',
  'first',
  'last',
  'share',
];

export function createAggregates(
  session: Session,
): Readonly<Record<AggregateName, (of?: string | AnyFunction, at?: number) => Aggregate>> {
  const make = (name: AggregateName) => {
    const aggregate = (of?: string | AnyFunction, at?: number): Aggregate => {
      const call = callOf(name, aggregate);
      if (of === undefined && !WITHOUT.has(name))
        throw fail('argument', `${name}() needs a column: ${name}('delay'), or ${name}(row => row.delay).`, { call });
      if (of !== undefined && typeof of !== 'string' && typeof of !== 'function') {
        throw fail('argument', `${name}() takes a column’s name or a lambda.`, { call });
      }
      if (name === 'quantile' && (typeof at !== 'number' || !(at >= 0 && at <= 1))) {
        throw fail('argument', "quantile() needs a part from 0 to 1: quantile('delay', 0.9).", { call });
      }
      return new Aggregate({
        name,
        ...(of === undefined ? {} : { of: typeof of === 'string' ? of : { lambda: session.lambda(of, call) } }),
        ...(at === undefined ? {} : { at }),
      });
    };
    return aggregate;
  };
  const all = [...NAMES, 'quantile' as const].map((name) => [name, make(name)] as const);
  return Object.fromEntries(all) as Record<AggregateName, ReturnType<typeof make>>;
}
