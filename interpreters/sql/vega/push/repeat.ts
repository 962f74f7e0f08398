/** A `repeat` written out, as Vega-Lite writes it out itself: so each of its views is planned by itself. Pure. */
import { isSpec, NotPushed, type Spec, without } from './kinds.ts';

/** Views that a repeat may make: more are no chart. */
const MOST_VIEWS = 100;

type Repeater = Readonly<Record<string, string>>;

/** Undefined where the view is none. */
export function repeated(view: Spec): Spec | undefined {
  const { repeat, spec } = view;
  if (repeat === undefined) return undefined;
  if (!isSpec(spec)) throw new NotPushed('other', 'repeat');
  const rest = without(view, 'repeat', 'spec', 'columns');
  if (Array.isArray(repeat)) {
    const concat = named(repeat).map((field) => childOf(spec, { repeat: field }));
    return { align: 'all', ...rest, ...(view.columns === undefined ? {} : { columns: view.columns }), concat };
  }
  if (!isSpec(repeat)) throw new NotPushed('other', 'repeat');
  if (Array.isArray(repeat.layer)) {
    if (repeat.row !== undefined || repeat.column !== undefined) throw new NotPushed('other', 'repeat');
    return { ...rest, layer: named(repeat.layer).map((field) => childOf(spec, { layer: field })) };
  }
  const rows = repeat.row === undefined ? [undefined] : named(repeat.row);
  const columns = repeat.column === undefined ? [undefined] : named(repeat.column);
  const concat = rows.flatMap((row) =>
    columns.map((column) =>
      childOf(spec, { ...(row === undefined ? {} : { row }), ...(column === undefined ? {} : { column }) }),
    ),
  );
  if (concat.length > MOST_VIEWS) throw new NotPushed('other', 'repeat');
  return { align: 'all', ...rest, columns: columns.length, concat };
}

function named(list: unknown): readonly string[] {
  const fields = Array.isArray(list) ? list : [];
  if (fields.length === 0 || fields.length > MOST_VIEWS || !fields.every((field) => typeof field === 'string'))
    throw new NotPushed('other', 'repeat');
  return fields;
}

function childOf(spec: Spec, by: Repeater): Spec {
  // A view that is repeated as a whole has selections of its own, under one name.
  if (JSON.stringify(spec).includes('"params"')) throw new NotPushed('other', 'repeat with params');
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk);
    if (!isSpec(value)) return value;
    const { repeat } = value;
    const keys = Object.keys(value);
    if (keys.length === 1 && typeof repeat === 'string') {
      const field = by[repeat];
      if (field === undefined) throw new NotPushed('other', `repeat: ${repeat}`);
      return field;
    }
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one)]));
  };
  const child = walk(spec);
  if (!isSpec(child)) throw new NotPushed('other', 'repeat');
  return child;
}
