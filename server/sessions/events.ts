/** What a program may say: its events are `unknown` until `eventParser` saw them. */
import { type Static, Type } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';
import { FOOTER } from '../../interpreters/parquet.ts';
import { type Event, MAX_OUTPUT_CHARACTERS, UNPUSHED } from '../../interpreters/protocol.ts';
import { LONGEST_NAME, MOST_EDITS } from '../../interpreters/renaming.ts';
import { LONGEST_MARK, LONGEST_USE, MOST_MARKS, MOST_READ, MOST_USES } from '../../interpreters/uses.ts';

const Failure = Type.Object({
  code: Type.String({ maxLength: 100 }),
  message: Type.String(),
  line: Type.Optional(Type.Number()),
  column: Type.Optional(Type.Number()),
  length: Type.Optional(Type.Number()),
  hint: Type.Optional(Type.String()),
  fix: Type.Optional(Type.Object({ replacement: Type.String() })),
  detail: Type.Optional(Type.String()),
});
const Column = Type.Object({ name: Type.String(), type: Type.String() });
const Columns = Type.Array(Column, { maxItems: 100_000 });
const UseItem = Type.Object({
  kind: Type.Union((['table', 'file', 'name', 'variable', 'settings'] as const).map((kind) => Type.Literal(kind))),
  name: Type.String({ maxLength: LONGEST_USE }),
});
const Place = Type.Integer({ minimum: 0 });
const RenamedItem = Type.Object({
  edits: Type.Array(
    Type.Object({
      start: Place,
      end: Place,
      // In quotes or brackets of its language, behind the old one.
      text: Type.String({ maxLength: 4 * LONGEST_NAME }),
      variable: Type.Optional(Type.Literal(true)),
    }),
    { maxItems: MOST_EDITS },
  ),
  doubts: Type.Array(Type.Object({ start: Place, end: Place }), { maxItems: MOST_EDITS }),
  clash: Type.Optional(Type.Object({ start: Place, end: Place })),
  inner: Type.Optional(
    Type.Array(
      Type.Object({ start: Place, text: Type.String({ maxLength: MOST_READ }), quote: Type.String({ maxLength: 1 }) }),
      { maxItems: MOST_EDITS },
    ),
  ),
});
const Inputs = Type.Object({
  tables: Type.Array(Type.String({ maxLength: LONGEST_USE }), { maxItems: MOST_USES }),
  marks: Type.Array(Type.String({ maxLength: LONGEST_MARK }), { maxItems: MOST_MARKS }),
});
const Text = Type.Object({
  kind: Type.Literal('text'),
  stream: Type.Union([Type.Literal('stdout'), Type.Literal('stderr'), Type.Literal('value')]),
  text: Type.String(),
});
const Problem = Type.Composite([Type.Object({ kind: Type.Literal('error') }), Failure]);
const Count = Type.Number({ minimum: 0 });
const Long = Type.String({ maxLength: MAX_OUTPUT_CHARACTERS });
const Made = [
  Type.Object({ kind: Type.Literal('html'), html: Long }),
  Type.Object({ kind: Type.Literal('markdown'), text: Long }),
  Type.Object({
    kind: Type.Literal('image'),
    type: Type.Union(
      (['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/svg+xml'] as const).map((type) =>
        Type.Literal(type),
      ),
    ),
    data: Long,
    alt: Type.Optional(Type.String({ maxLength: 1000 })),
  }),
  Type.Object({
    kind: Type.Literal('chart'),
    spec: Long,
    data: Type.Array(Type.Object({ name: Type.String({ maxLength: 1000 }), table: Type.Integer({ minimum: 0 }) }), {
      maxItems: 100,
    }),
    notes: Type.Optional(
      Type.Array(
        Type.Object({
          kind: Type.Union([Type.Literal('sampled'), Type.Literal('thinned'), Type.Literal('first')]),
          table: Type.String({ maxLength: 1000 }),
          shown: Count,
          of: Count,
          why: Type.Optional(
            Type.Object({
              kind: Type.Union(UNPUSHED.map((kind) => Type.Literal(kind))),
              name: Type.String({ maxLength: 1000 }),
            }),
          ),
        }),
        { maxItems: 100 },
      ),
    ),
  }),
];

const EventSchema = Type.Union([
  Type.Object({ type: Type.Literal('ready'), protocol: Type.Integer(), language: Type.String() }),
  Type.Object({ type: Type.Literal('output'), run: Type.String(), output: Type.Union([Text, Problem, ...Made]) }),
  Type.Object({
    type: Type.Literal('table'),
    run: Type.String(),
    table: Type.Integer({ minimum: 0 }),
    columns: Columns,
    rows: Count,
    open: Type.Boolean(),
    block: Type.Optional(Type.String()),
    file: Type.Optional(Type.String({ maxLength: 4096 })),
    linked: Type.Optional(
      Type.Object({ file: Type.String({ maxLength: 4096 }), size: Count, footer: Type.RegExp(FOOTER) }),
    ),
    named: Type.Optional(Type.Boolean()),
    hidden: Type.Optional(Type.Boolean()),
  }),
  Type.Object({
    type: Type.Literal('progress'),
    run: Type.String(),
    fraction: Type.Optional(Type.Number()),
    rows: Type.Optional(Count),
  }),
  Type.Object({
    type: Type.Literal('call'),
    call: Type.Integer(),
    run: Type.String(),
    method: Type.String(),
    params: Type.Unknown(),
  }),
  Type.Object({
    type: Type.Literal('answer'),
    call: Type.Integer(),
    result: Type.Optional(Type.Unknown()),
    error: Type.Optional(Failure),
  }),
  Type.Object({
    type: Type.Literal('completions'),
    call: Type.Integer(),
    items: Type.Array(
      Type.Object({
        label: Type.String(),
        kind: Type.Union(
          (['keyword', 'table', 'column', 'file', 'function', 'type', 'other'] as const).map((kind) =>
            Type.Literal(kind),
          ),
        ),
        detail: Type.Optional(Type.String()),
        insert: Type.String(),
        start: Type.Integer({ minimum: 0 }),
      }),
      { maxItems: 10_000 },
    ),
  }),
  Type.Object({
    type: Type.Literal('tables'),
    call: Type.Integer(),
    items: Type.Array(
      Type.Object({
        name: Type.String(),
        source: Type.Union((['named', 'session', 'view', 'file'] as const).map((source) => Type.Literal(source))),
        columns: Columns,
        rows: Type.Optional(Count),
        bytes: Type.Optional(Count),
      }),
      { maxItems: 100_000 },
    ),
  }),
  Type.Object({
    type: Type.Literal('checked'),
    call: Type.Integer(),
    failures: Type.Optional(Type.Array(Failure, { maxItems: 1_000 })),
  }),
  Type.Object({
    type: Type.Literal('uses'),
    call: Type.Integer(),
    items: Type.Array(
      Type.Object({
        reads: Type.Array(UseItem, { maxItems: MOST_USES }),
        writes: Type.Array(UseItem, { maxItems: MOST_USES }),
        words: Type.Optional(Type.Array(Type.String({ maxLength: LONGEST_USE }), { maxItems: MOST_USES })),
        varies: Type.Optional(Type.String({ maxLength: LONGEST_USE })),
        inputs: Type.Optional(Inputs),
        renamed: Type.Optional(RenamedItem),
      }),
      { maxItems: 10_000 },
    ),
  }),
  Type.Object({
    type: Type.Literal('done'),
    run: Type.String(),
    outcome: Type.Union([
      Type.Object({ state: Type.Literal('done'), inputs: Type.Optional(Inputs) }),
      Type.Object({ state: Type.Literal('failed'), failure: Failure }),
      Type.Object({ state: Type.Literal('cancelled') }),
    ]),
  }),
]);

export type ParsedEvent = Static<typeof EventSchema> & Event;

/** Compiled on first use by whoever holds it: building it costs milliseconds that a server without runs need not pay. */
export type EventParser = (message: unknown) => ParsedEvent | undefined;

export function eventParser(): EventParser {
  let check: TypeCheck<typeof EventSchema> | undefined;
  return (message) => {
    check ??= TypeCompiler.Compile(EventSchema);
    return check.Check(message) ? (message as ParsedEvent) : undefined;
  };
}
