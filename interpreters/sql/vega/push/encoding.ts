/** The definitions of an encoding: what each channel has of fields, wherever it stands in it, and how each is written back. Pure. */
import { isSpec, NotPushed, type Spec } from './kinds.ts';

/** A definition with a field or an aggregate, and the channel it stands in. */
export type Defined = { readonly channel: string; readonly def: Spec };

const isDefined = (value: unknown): value is Spec =>
  isSpec(value) && (value.field !== undefined || value.aggregate !== undefined);

/** The encoding with each of its definitions as `change` has it. */
export function mapDefined(encoding: Spec, change: (one: Defined) => Spec): Spec {
  const channelOf = (channel: string, value: unknown): unknown => {
    if (Array.isArray(value)) return value.map((one) => channelOf(channel, one));
    if (!isSpec(value)) return value;
    const own = isDefined(value) ? change({ channel, def: value }) : value;
    const { condition } = value;
    if (Array.isArray(condition)) {
      if (condition.some(isDefined)) throw new NotPushed('other', `${channel}.condition`);
      return own;
    }
    return isDefined(condition) ? { ...own, condition: change({ channel, def: condition }) } : own;
  };
  return Object.fromEntries(Object.entries(encoding).map(([channel, value]) => [channel, channelOf(channel, value)]));
}

export function definedIn(encoding: Spec): readonly Defined[] {
  const found: Defined[] = [];
  mapDefined(encoding, (one) => {
    found.push(one);
    return one.def;
  });
  return found;
}

export const isAggregated = (encoding: Spec): boolean =>
  definedIn(encoding).some(({ def }) => def.aggregate !== undefined);

/** What a layer's own encoding and that of the layers above it are together. */
export function merged(above: Spec, own: Spec): Spec {
  const channels = [...new Set([...Object.keys(above), ...Object.keys(own)])];
  return Object.fromEntries(
    channels.map((channel) => {
      const [given, mine] = [above[channel], own[channel]];
      if (mine === undefined) return [channel, given];
      if (isSpec(mine) && (mine.field !== undefined || mine.aggregate !== undefined || mine.datum !== undefined))
        return [channel, { ...(isSpec(given) ? given : {}), ...mine }];
      if (isSpec(mine) && isDefined(mine.condition))
        return [channel, { ...mine, condition: { ...(isSpec(given) ? given : {}), ...mine.condition } }];
      return [channel, mine];
    }),
  );
}

/** Parts of a view whose `datum` is a tick, a key or a heading, not a row. */
const GUIDES = new Set(['axis', 'legend', 'header', 'labelExpr']);
const ACCESS = /\bdatum\b(?:\s*\.\s*([A-Za-z_$][\w$]*)|\s*\[\s*(?:"([^"\\]*)"|'([^'\\]*)')\s*\])?/g;

/**
 * Refuses what in a view speaks of rows otherwise than by its encoding: conditions and expressions may name fields that stay as
 * they are, and no others.
 */
export function checkSpoken(view: unknown, isKept: (field: string) => boolean, inTest = false): void {
  if (typeof view === 'string') {
    for (const [, dot, double, single] of view.matchAll(ACCESS)) {
      const name = dot ?? double ?? single;
      if (name === undefined || !isKept(name)) throw new NotPushed('expression', view);
    }
    return;
  }
  if (Array.isArray(view)) {
    for (const one of view) checkSpoken(one, isKept, inTest);
    return;
  }
  if (!isSpec(view)) return;
  for (const [key, value] of Object.entries(view)) {
    if (GUIDES.has(key)) continue;
    if (inTest && key === 'field' && (typeof value !== 'string' || !isKept(value)))
      throw new NotPushed('field', String(value));
    if (key === 'fields' && Array.isArray(value))
      for (const field of value)
        if (typeof field !== 'string' || !isKept(field)) throw new NotPushed('field', String(field));
    if (key === 'content' && value === 'data') throw new NotPushed('other', 'tooltip: data');
    if (key === 'useUnaggregatedDomain' && value === true) throw new NotPushed('other', 'domain: unaggregated');
    if (key === 'domain' && value === 'unaggregated') throw new NotPushed('other', 'domain: unaggregated');
    checkSpoken(value, isKept, inTest || key === 'test');
  }
}
