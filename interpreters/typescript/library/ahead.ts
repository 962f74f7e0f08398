/**
 * A limit goes ahead of the verbs that give a row for a row, in their order, where one of them has a lambda: which may run
 * over columns, and then runs on the rows that are asked for only. So a row past the limit raises nothing either. What
 * sees other rows (a share, a mean beside each row) holds the limit back. Pure.
 */
import type { Call } from './failures.ts';
import type { Computed, Named, Plan, Step } from './plan.ts';

type Limit = Extract<Step, { verb: 'limit' }>;
export type Ahead = {
  /** What the limit goes to the end of. */
  readonly input: Plan;
  readonly first: Limit;
  /** The verbs it went ahead of, as they were called. */
  readonly passed: readonly { readonly step: Step; readonly call: Call }[];
  /** What is still to be skipped behind them: a row's number counts the rows that are skipped. */
  readonly behind: Limit | undefined;
};

/** Undefined where the limit stays. */
export function limitAhead(plan: Plan): Ahead | undefined {
  if (plan.kind !== 'step' || plan.step.verb !== 'limit') return undefined;
  const { step: limit } = plan;
  const passed: { step: Step; call: Call }[] = [];
  let { input } = plan;
  while (input.kind === 'step' && isRowForRow(input.step)) {
    passed.unshift({ step: input.step, call: input.call });
    input = input.input;
  }
  const lambdas = passed.flatMap(({ step }) => lambdasOf(step));
  if (lambdas.length === 0) return undefined;
  const numbered = limit.offset > 0 && lambdas.some((lambda) => lambda.index);
  if (!numbered) return { input, first: limit, passed, behind: undefined };
  const rows = limit.rows === undefined ? undefined : limit.rows + limit.offset;
  return { input, first: { ...limit, rows, offset: 0 }, passed, behind: limit };
}

function isRowForRow(step: Step): boolean {
  if (step.verb === 'select' || step.verb === 'mutate')
    return step.items.every(([, item]) => item.kind !== 'aggregate');
  return step.verb === 'rename' || step.verb === 'drop';
}

function lambdasOf(step: Step) {
  const items: Named<Computed> = step.verb === 'select' || step.verb === 'mutate' ? step.items : [];
  return items.flatMap(([, item]) => (item.kind === 'lambda' ? [item.lambda] : []));
}
