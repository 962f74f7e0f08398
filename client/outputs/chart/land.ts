/**
 * Land under the points of a map. A spec says only where it lies, by a name; its outline comes from our own server when a map is
 * drawn first, and a map is drawn without where it can't be had.
 */
import type { TopLevelSpec } from 'vega-lite';
import type { Look, Part } from './drawing.ts';

const LAND = 'land';

/** The layer below all others. */
export const landLayer = ({ quiet }: Look): Part => ({
  data: { name: LAND },
  mark: {
    type: 'geoshape',
    fill: quiet,
    fillOpacity: 0.16,
    stroke: quiet,
    strokeOpacity: 0.55,
    strokeWidth: 0.6,
    clip: true,
  },
});

const isLand = (layer: unknown): boolean => {
  const data: unknown = typeof layer === 'object' && layer !== null && 'data' in layer ? layer.data : undefined;
  return typeof data === 'object' && data !== null && 'name' in data && data.name === LAND;
};

const layersOf = (spec: TopLevelSpec): readonly unknown[] => ('layer' in spec ? spec.layer : []);

/** The spec with the outline in it. */
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

/** The spec as a text to work on, in which an outline would be all there is to see. */
export function withoutLand(spec: TopLevelSpec): TopLevelSpec {
  const layers = layersOf(spec);
  const layer = layers.filter((one) => !isLand(one));
  return layer.length === layers.length ? spec : ({ ...spec, layer } as TopLevelSpec);
}
