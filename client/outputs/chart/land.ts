/** Land under the points of a map: a spec says only where it lies, by a name. `outline.ts` puts it there. Pure. */
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

export const isLand = (layer: unknown): boolean => {
  const data: unknown = typeof layer === 'object' && layer !== null && 'data' in layer ? layer.data : undefined;
  return typeof data === 'object' && data !== null && 'name' in data && data.name === LAND;
};

export const layersOf = (spec: TopLevelSpec): readonly unknown[] => ('layer' in spec ? spec.layer : []);

/** The spec as a text to work on, in which an outline would be all there is to see. */
export function withoutLand(spec: TopLevelSpec): TopLevelSpec {
  const layers = layersOf(spec);
  const layer = layers.filter((one) => !isLand(one));
  return layer.length === layers.length ? spec : ({ ...spec, layer } as TopLevelSpec);
}
