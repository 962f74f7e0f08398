/** What the runs of a notebook took, in all and by person: of those whose records are kept. */
import { type Static, Type } from '@sinclair/typebox';
import type { Cost, Who as Person } from '../../protocol/runs.ts';
import type { RunSummary } from '../../runs/parts.ts';
import { route } from '../route.ts';
import { Time, Who, WithId } from '../schemas.ts';
import { notebookOf } from './notebooks.ts';

const line = {
  runs: Type.Integer(),
  cpuMs: Type.Number({ description: 'Processor time, ms' }),
  read: Type.Optional(Type.Number({ description: 'Bytes read, where the system tells' })),
  rows: Type.Number({ description: 'Rows of the tables that they made' }),
};
const Line = Type.Object(line);
type Line = Static<typeof Line>;

export const costRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/costs',
    action: 'notebook.edit',
    target: 'notebook',
    tag: 'runs',
    summary: 'What the runs that are kept took, in all and by person; those of visitors among them',
    params: WithId,
    answers: {
      200: Type.Object({
        since: Type.Union([Time, Type.Null()]),
        all: Line,
        people: Type.Array(Type.Object({ by: Who, ...line })),
      }),
    },
    async handle({ params, services }) {
      const { id } = notebookOf(services, params.id);
      const team = (await services.runs.of(id)).history();
      return { body: totals([...team, ...(await services.visitors.history(id))]) };
    },
  }),
];

/** Those who took most first. Runs of before it was counted are left out. Pure. */
export function totals(runs: readonly Pick<RunSummary, 'by' | 'phase' | 'asked'>[]) {
  const people = new Map<string, { readonly by: Person; readonly costs: Cost[] }>();
  let since: number | null = null;
  for (const { by, phase, asked } of runs) {
    const cost = 'cost' in phase ? phase.cost : undefined;
    if (!cost) continue;
    since = Math.min(since ?? asked, asked);
    const known = people.get(by.id);
    if (known) known.costs.push(cost);
    else people.set(by.id, { by, costs: [cost] });
  }
  const each = [...people.values()].map(({ by, costs }) => ({ by: { id: by.id, name: by.name }, ...sumOf(costs) }));
  return {
    since,
    all: sumOf([...people.values()].flatMap(({ costs }) => costs)),
    people: each.toSorted((a, b) => b.cpuMs - a.cpuMs),
  };
}

function sumOf(costs: readonly Cost[]): Line {
  const read = costs.flatMap((cost) => cost.read ?? []);
  return {
    runs: costs.length,
    cpuMs: add(costs.map(({ cpuMs }) => cpuMs)),
    ...(read.length > 0 ? { read: add(read) } : {}),
    rows: add(costs.map(({ rows }) => rows)),
  };
}

const add = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0);
