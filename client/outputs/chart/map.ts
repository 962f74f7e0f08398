/** A map of places: on a plain projection, over land and a net of degrees; nothing is fetched from elsewhere. */
import type { Drawing, Part } from './drawing.ts';
import { colourOf, pointLook, sizeOf } from './encode.ts';
import { landLayer } from './land.ts';

export function map(drawing: Drawing): object {
  const { series } = drawing;
  const colour = colourOf(drawing);
  const points = series.marks.map((mark) => ({ ...mark, lon: Number(mark.x), lat: mark.y }));
  const corners = boundsOf(points);
  return {
    projection: { type: 'equirectangular', ...fitted(corners, drawing.width - 20, drawing.height - 20) },
    layer: [
      landLayer(drawing.look),
      {
        data: { graticule: { step: stepOf(corners) } },
        mark: {
          type: 'geoshape',
          filled: false,
          stroke: drawing.look.quiet,
          strokeOpacity: 0.25,
          strokeWidth: 0.6,
          clip: true,
        },
      },
      {
        data: { values: points },
        mark: { type: 'circle', ...pointLook(drawing) },
        encoding: {
          longitude: { field: 'lon', type: 'quantitative' },
          latitude: { field: 'lat', type: 'quantitative' },
          ...(colour ? { color: colour } : {}),
          ...sizeOf(drawing),
        },
      },
    ],
  };
}

/** Scale and middle of the plane, so that the points fill it: the net of degrees goes on beyond. */
function fitted(corners: Corners, width: number, height: number): Part {
  const [[west, south], [east, north]] = corners;
  const radians = Math.PI / 180;
  const scale = Math.min(width / ((east - west) * radians), height / ((north - south) * radians));
  const [lon, lat] = [((west + east) / 2) * radians, ((south + north) / 2) * radians];
  return { scale, translate: [width / 2 - scale * lon, height / 2 + scale * lat] };
}

type Corners = readonly [readonly [number, number], readonly [number, number]];

/** Around the points, a little wider; a single one has a degree around it. */
function boundsOf(points: readonly { readonly lon: number; readonly lat: number }[]): Corners {
  const [lons, lats] = [points.map(({ lon }) => lon), points.map(({ lat }) => lat)];
  const [west, east] = padded(Math.min(...lons), Math.max(...lons), 180);
  const [south, north] = padded(Math.min(...lats), Math.max(...lats), 90);
  return [
    [west, south],
    [east, north],
  ];
}

function padded(low: number, high: number, most: number): [number, number] {
  if (!Number.isFinite(low)) return [-most, most];
  const by = Math.max(0.5, (high - low) * 0.05);
  return [Math.max(-most, low - by), Math.min(most, high + by)];
}

/** Lines of the net: some of them are to be seen. */
function stepOf([[west, south], [east, north]]: Corners): [number, number] {
  const span = Math.max(east - west, (north - south) * 2);
  const step = [1, 2, 5, 10, 15, 30].find((one) => span / one <= 12) ?? 30;
  return [step, step];
}
