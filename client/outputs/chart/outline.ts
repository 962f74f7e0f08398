/**
 * The outline of land, put where a spec says that it lies. It comes from our own server when a map is drawn first, in a file from
 * the file; a map is drawn without where it can't be had.
 */
import type { TopLevelSpec } from 'vega-lite';
import { isLand, layersOf, withoutLand } from './land.ts';

export async function withLand(spec: TopLevelSpec): Promise<TopLevelSpec> {
  if (!layersOf(spec).some(isLand)) return spec;
  const land = await import('virtual:land').then(
    (found) => found.default,
    () => undefined,
  );
  if (!land) return withoutLand(spec);
  const data = { values: land, format: { type: 'topojson', feature: 'land' } };
  const layer = layersOf(spec).map((one) => (isLand(one) ? { ...Object(one), data } : one));
  return { ...spec, layer } as TopLevelSpec;
}
