/** Shapes that several operations share: what goes over the API, and how our own data is put into it. */
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { Output, Rows } from '../protocol/outputs.ts';
import { ROLES } from '../protocol/roles.ts';
import type { Run, RunPhase } from '../protocol/runs.ts';
import type { RunSummary } from '../runs/parts.ts';

export const Id = Type.String({ pattern: '^[a-z0-9-]{1,32}$' });
export const literals = <const T extends string>(all: readonly T[]) => Type.Union(all.map((one) => Type.Literal(one)));
export const RoleShape = literals(ROLES);
export const Time = Type.Number({ description: 'Milliseconds since 1970' });
export const WithId = Type.Object({ id: Id });
const Nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

export const Failure = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String(),
    hint: Type.String(),
    /** What the server's log calls the request, for failures of its own. */
    request: Type.Optional(Type.String()),
  }),
});

export const listOf = <T extends TSchema>(item: T) =>
  Type.Object({ items: Type.Array(item), next: Nullable(Type.String()) });

export const Column = Type.Object({ name: Type.String(), type: Type.String() });
export const Who = Type.Object({ id: Type.String(), name: Type.String() });

export const State = Type.Union(
  (['queued', 'running', 'done', 'failed', 'cancelled', 'lost'] as const).map((state) => Type.Literal(state)),
);

const table = {
  result: Id,
  rows: Type.Integer(),
  bytes: Type.Integer(),
  columns: Type.Array(Column),
  dropped: Type.Optional(Type.Literal(true)),
};

export const OutputShape = Type.Union([
  Type.Object({
    kind: Type.Literal('text'),
    stream: Type.Union([Type.Literal('stdout'), Type.Literal('stderr'), Type.Literal('value')]),
    text: Type.String(),
    omitted: Type.Optional(Type.Integer()),
  }),
  Type.Object({
    kind: Type.Literal('table'),
    ...table,
    name: Type.Optional(Type.String()),
    open: Type.Optional(Type.Literal(true)),
  }),
  Type.Object({
    kind: Type.Literal('error'),
    code: Type.String(),
    message: Type.String(),
    line: Type.Optional(Type.Integer()),
    column: Type.Optional(Type.Integer()),
    length: Type.Optional(Type.Integer()),
    hint: Type.Optional(Type.String()),
    fix: Type.Optional(Type.Object({ replacement: Type.String() })),
    detail: Type.Optional(Type.String()),
  }),
  Type.Object({ kind: Type.Literal('html'), html: Type.String() }),
  Type.Object({ kind: Type.Literal('markdown'), text: Type.String() }),
  Type.Object({
    kind: Type.Literal('image'),
    type: Type.String(),
    data: Type.String(),
    alt: Type.Optional(Type.String()),
  }),
  Type.Object({
    kind: Type.Literal('chart'),
    spec: Type.String(),
    data: Type.Array(Type.Object({ ...table, name: Type.String(), open: Type.Optional(Type.Literal(true)) })),
    notes: Type.Optional(
      Type.Array(
        Type.Object({
          kind: Type.String({ description: 'sampled, thinned (of a line) or first' }),
          table: Type.String(),
          shown: Type.Number({ description: 'Rows that are drawn' }),
          of: Type.Number({ description: 'Rows there are' }),
          why: Type.Optional(Type.Object({ kind: Type.String(), name: Type.String() })),
        }),
      ),
    ),
  }),
]);

const CostShape = Type.Object({
  cpuMs: Type.Number({ description: 'Processor time, ms' }),
  read: Type.Optional(Type.Number({ description: 'Bytes read, where the system tells' })),
  rows: Type.Number({ description: 'Rows of the tables that it made' }),
});

const summary = {
  id: Id,
  notebook: Id,
  paragraph: Id,
  request: Id,
  session: Id,
  state: State,
  reason: Type.Optional(Type.String()),
  by: Who,
  asked: Time,
  started: Nullable(Time),
  ended: Nullable(Time),
  interpreter: Type.String(),
  name: Type.Optional(Type.String()),
  cost: Type.Optional(CostShape),
  from: Type.Optional(
    Type.Object(
      { run: Id, at: Time, by: Who },
      { description: 'Nothing was run: it has the kept result of that run, made then' },
    ),
  ),
};

export const RunItem = Type.Object({
  ...summary,
  forms: Type.Optional(
    Type.Record(Type.String(), Type.Unknown(), { description: 'Values of the forms that its paragraph depends on' }),
  ),
  own: Type.Optional(Type.Literal(true, { description: 'Of a session of the caller’s own' })),
  gone: Type.Optional(Type.Literal(true, { description: 'That session has ended: what it showed is not kept' })),
});
export const RunShape = Type.Object({
  ...summary,
  source: Type.String(),
  forms: Type.Record(Type.String(), Type.Unknown()),
  outputs: Type.Array(OutputShape),
});

/** A run to those who see only what it shows. */
export const PublishedRun = Type.Object({
  id: Id,
  state: State,
  started: Nullable(Time),
  ended: Nullable(Time),
  outputs: Type.Array(OutputShape),
});

/** How a run of one's own goes; what it put out while it runs. */
export const OwnRun = Type.Object({
  id: Id,
  state: State,
  reason: Type.Optional(Type.String()),
  waiting: Type.Optional(Type.String({ description: 'What it waits for besides its turn' })),
  progress: Type.Optional(Type.Object({ fraction: Type.Optional(Type.Number()), rows: Type.Optional(Type.Number()) })),
  asked: Time,
  started: Nullable(Time),
  ended: Nullable(Time),
  outputs: Type.Array(OutputShape),
});

export const AskedShape = Type.Object({
  request: Id,
  runs: Type.Array(Type.Object({ id: Id, paragraph: Id, state: State })),
});

export const showPhase = (phase: RunPhase) => ({
  state: phase.state,
  ...('reason' in phase && phase.reason ? { reason: phase.reason } : {}),
  started: 'started' in phase ? (phase.started ?? null) : null,
  ended: 'ended' in phase ? phase.ended : null,
});

export function showSummary(run: RunSummary): Static<typeof RunItem> {
  const { id, notebook, paragraph, request, session, by, asked, interpreter, name, phase, from } = run;
  return {
    id,
    notebook,
    paragraph,
    request,
    session,
    ...showPhase(phase),
    by,
    asked,
    interpreter,
    ...(name === undefined ? {} : { name }),
    ...('cost' in phase && phase.cost ? { cost: phase.cost } : {}),
    ...(from ? { from } : {}),
  };
}

export const showRun = (run: Run): Static<typeof RunShape> => ({
  ...showSummary(run),
  source: run.source,
  forms: run.forms,
  outputs: run.outputs.map(showOutput),
});

export function showPublishedRun({ id, phase, outputs }: Run): Static<typeof PublishedRun> {
  const { state, started, ended } = showPhase(phase);
  return { id, state, started, ended, outputs: outputs.map(showOutput) };
}

export function showOwnRun({ id, asked, phase, outputs }: Run): Static<typeof OwnRun> {
  const { fraction, rows } = (phase.state === 'running' && phase.progress) || {};
  const progress = {
    ...(fraction === undefined ? {} : { fraction }),
    ...(rows === undefined ? {} : { rows }),
  };
  return {
    id,
    asked,
    ...showPhase(phase),
    ...(phase.state === 'queued' && phase.waiting !== undefined ? { waiting: phase.waiting } : {}),
    ...(Object.keys(progress).length > 0 ? { progress } : {}),
    outputs: outputs.map(showOutput),
  };
}

/** Rows are fetched, never told. */
export const showOutput = (output: Output): Static<typeof OutputShape> => {
  if (output.kind === 'table') return bare(output);
  if (output.kind !== 'chart') return output;
  const { notes, ...chart } = output;
  return { ...chart, data: output.data.map(bare), ...(notes ? { notes: [...notes] } : {}) };
};

const bare = <T extends Rows>({ block: _, columns, ...rest }: T) => ({ ...rest, columns: [...columns] });
