/** What a DataFrame is before it runs: the verbs it was made by, as they were called. */
import type { Lambda } from '../lambda/lambda.ts';
import type { Sql } from '../lambda/pieces.ts';
import type { Call } from './failures.ts';

/** A lambda as an argument of a verb. */
export type Argument = { readonly lambda: Lambda };

export type AggregateName =
  | 'count'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'median'
  | 'quantile'
  | 'stddev'
  | 'distinct'
  | 'first'
  | 'last'
  | 'share';

/** A column by name, or computed; nothing for `count()` and `share()`. */
export type AggregateSpec = {
  readonly name: AggregateName;
  readonly of?: string | Argument;
  /** Of `quantile`. */
  readonly at?: number;
};

export type Computed =
  | { readonly kind: 'lambda'; readonly lambda: Lambda }
  | { readonly kind: 'column'; readonly column: string }
  | { readonly kind: 'aggregate'; readonly aggregate: AggregateSpec }
  | { readonly kind: 'constant'; readonly sql: Sql };

export type Named<T> = readonly (readonly [name: string, value: T])[];
export type SortKey = { readonly by: string | Argument; readonly descending: boolean };
export type JoinKind = 'inner' | 'left' | 'right' | 'full' | 'semi' | 'anti' | 'cross';

export type Step =
  | { readonly verb: 'filter'; readonly conditions: readonly Lambda[] }
  | { readonly verb: 'select'; readonly items: Named<Computed> }
  | { readonly verb: 'mutate'; readonly items: Named<Computed> }
  | { readonly verb: 'rename'; readonly names: Named<string> }
  | { readonly verb: 'drop'; readonly columns: readonly string[] }
  | { readonly verb: 'summarize'; readonly keys: Named<Computed>; readonly items: Named<AggregateSpec> }
  | { readonly verb: 'orderBy'; readonly keys: readonly SortKey[] }
  | {
      readonly verb: 'join';
      readonly right: Plan;
      readonly kind: JoinKind;
      /** Pairs of columns; undefined: those both have. */
      readonly on: Named<string> | undefined;
      readonly suffix: string;
    }
  | { readonly verb: 'limit'; readonly rows: number | undefined; readonly offset: number }
  | { readonly verb: 'distinct'; readonly columns: readonly string[] }
  | {
      readonly verb: 'pivot';
      readonly rows: readonly string[];
      readonly columns: string;
      readonly value: AggregateSpec;
    }
  | { readonly verb: 'sample'; readonly size: number; readonly fraction: boolean; readonly seed: number }
  | { readonly verb: 'union'; readonly others: readonly Plan[] };

export type Plan =
  | { readonly kind: 'table'; readonly name: string; readonly call: Call }
  | {
      readonly kind: 'sql';
      readonly pieces: readonly string[];
      readonly values: readonly (Sql | Plan)[];
      readonly call: Call;
    }
  | { readonly kind: 'values'; readonly columns: Named<readonly unknown[]>; readonly rows: number; readonly call: Call }
  | { readonly kind: 'step'; readonly input: Plan; readonly step: Step; readonly call: Call };
