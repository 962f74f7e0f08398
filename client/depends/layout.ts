/**
 * A drawing of who needs whom, from above to below: pure. Layers by the longest way (Sugiyama 1981): each box lies below all
 * that leads to it, ways back are drawn and count for nothing; within a layer boxes go where their neighbours are. Long ways
 * pass between the boxes of the layers they cross, by places of their own, while there are not too many of them.
 */
export type Box = { readonly id: string; readonly width: number };
export type Way = { readonly from: string; readonly to: string };
export type Point = { readonly x: number; readonly y: number };

export type Layout = {
  /** The middle of each. */
  readonly boxes: ReadonlyMap<string, Point>;
  readonly ways: readonly { readonly from: string; readonly to: string; readonly points: readonly Point[] }[];
  readonly width: number;
  readonly height: number;
};

export const BOX_HEIGHT = 26;
const LAYER = 58;
const GAP = 16;
const PASS = 10;
const SWEEPS = 6;
/** Places for long ways; past this they are drawn straight. */
const MOST_PASSES = 3_000;

type Place = { readonly id: string; readonly width: number; readonly layer: number; at: number; x: number };

export function layOut(boxes: readonly Box[], ways: readonly Way[]): Layout {
  const known = new Map(boxes.map((box) => [box.id, box]));
  const between = ways.filter(({ from, to }) => from !== to && known.has(from) && known.has(to));
  const layers = layersOf(boxes, between);
  const places = new Map<string, Place>();
  const rows: Place[][] = [];
  const put = (id: string, width: number, layer: number): Place => {
    rows[layer] ??= [];
    const place: Place = { id, width, layer, at: rows[layer].length, x: 0 };
    rows[layer].push(place);
    places.set(id, place);
    return place;
  };
  for (const { id, width } of boxes) put(id, width, layers.get(id) ?? 0);

  const spans = between.reduce((sum, { from, to }) => sum + Math.abs(layers.get(to)! - layers.get(from)!) - 1, 0);
  const chains = between.map(({ from, to }) => {
    const down = layers.get(from)! < layers.get(to)!;
    const [top, bottom] = down ? [from, to] : [to, from];
    const chain = [places.get(top)!];
    if (spans <= MOST_PASSES)
      for (let layer = layers.get(top)! + 1; layer < layers.get(bottom)!; layer += 1)
        chain.push(put(`${from} ${to} ${layer}`, PASS, layer));
    chain.push(places.get(bottom)!);
    return { from, to, down, chain };
  });
  const links = chains.flatMap(({ chain }) => chain.slice(1).map((place, index) => [chain[index]!, place] as const));
  order(rows, links);
  const width = spread(rows, links);
  const pointOf = ({ x, layer }: Place): Point => ({ x, y: layer * LAYER + BOX_HEIGHT });
  return {
    boxes: new Map(boxes.map(({ id }) => [id, pointOf(places.get(id)!)])),
    ways: chains.map(({ from, to, down, chain }) => {
      const points = chain.map(pointOf);
      return { from, to, points: down ? points : points.toReversed() };
    }),
    width,
    height: Math.max(1, rows.length) * LAYER,
  };
}

/** Kahn's order in which each box gets one layer below the deepest that leads to it; what lies in a circle waits for its turn. */
function layersOf(boxes: readonly Box[], ways: readonly Way[]): ReadonlyMap<string, number> {
  const open = new Map(boxes.map(({ id }) => [id, 0]));
  const after = new Map<string, string[]>();
  for (const { from, to } of ways) {
    open.set(to, (open.get(to) ?? 0) + 1);
    after.set(from, [...(after.get(from) ?? []), to]);
  }
  const layers = new Map<string, number>();
  const ready = boxes.filter(({ id }) => open.get(id) === 0).map(({ id }) => id);
  while (open.size > 0) {
    const id = ready.shift() ?? boxes.find((box) => open.has(box.id))?.id;
    if (id === undefined) break;
    if (!open.delete(id)) continue;
    const layer = layers.get(id) ?? 0;
    layers.set(id, layer);
    for (const to of after.get(id) ?? []) {
      const left = open.get(to);
      if (left === undefined) continue;
      layers.set(to, Math.max(layers.get(to) ?? 0, layer + 1));
      open.set(to, left - 1);
      if (left === 1) ready.push(to);
    }
  }
  return layers;
}

type Link = readonly [above: Place, below: Place];

/** Each box to the mean of its neighbours above, then below, and again. */
function order(rows: readonly Place[][], links: readonly Link[]): void {
  const above = new Map<Place, Place[]>();
  const below = new Map<Place, Place[]>();
  for (const [top, bottom] of links) {
    above.set(bottom, [...(above.get(bottom) ?? []), top]);
    below.set(top, [...(below.get(top) ?? []), bottom]);
  }
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : rows.toReversed()) {
      const near = down ? above : below;
      const wish = new Map(row.map((place) => [place, mean(near.get(place)?.map(({ at }) => at)) ?? place.at]));
      row.sort((a, b) => wish.get(a)! - wish.get(b)! || a.at - b.at);
      for (const [at, place] of row.entries()) place.at = at;
    }
  }
}

/** Side by side, then each row as near to its neighbours above as its order lets it. Returns the width. */
function spread(rows: readonly Place[][], links: readonly Link[]): number {
  const above = new Map<Place, number[]>();
  const wishes = new Map<Place, Place[]>();
  for (const [top, bottom] of links) wishes.set(bottom, [...(wishes.get(bottom) ?? []), top]);
  for (const row of rows) {
    for (const place of row) above.set(place, wishes.get(place)?.map(({ x }) => x) ?? []);
    let left = 0;
    for (const place of row) {
      const least = left + place.width / 2;
      place.x = Math.max(least, mean(above.get(place)) ?? least);
      left = place.x + place.width / 2 + GAP;
    }
  }
  return Math.max(0, ...rows.flat().map(({ x, width }) => x + width / 2));
}

const mean = (all: readonly number[] | undefined): number | undefined =>
  all && all.length > 0 ? all.reduce((sum, one) => sum + one, 0) / all.length : undefined;
