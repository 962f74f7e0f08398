/**
 * The outline of land, of the world in 1:110m (Natural Earth, public domain, as `vega-datasets` has it): `virtual:land` is its
 * topology without the borders of countries, 24 KB as it travels. Made when the page is built.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const MODULE = 'virtual:land';
const WORLD = fileURLToPath(new URL('../../node_modules/vega-datasets/data/world-110m.json', import.meta.url));

type Arcs = readonly (number | Arcs)[];
type Topology = {
  readonly type: 'Topology';
  readonly transform: unknown;
  readonly arcs: readonly unknown[];
  readonly objects: { readonly land: { readonly type: string; readonly arcs: Arcs } };
};

export async function readLand(): Promise<string> {
  return JSON.stringify(landOf(JSON.parse(await readFile(WORLD, 'utf8')) as Topology));
}

/** With the lines that land has, and no others. */
export function landOf({ transform, arcs, objects: { land } }: Topology): Topology {
  const used = new Map<number, number>();
  // A line that is gone along backwards is numbered from -1 down.
  const line = (at: number): number => {
    const own = at < 0 ? ~at : at;
    const next = used.get(own) ?? used.size;
    used.set(own, next);
    return at < 0 ? ~next : next;
  };
  const kept = (list: Arcs): Arcs => list.map((one) => (typeof one === 'number' ? line(one) : kept(one)));
  const outline = { type: land.type, arcs: kept(land.arcs) };
  return {
    type: 'Topology',
    transform,
    objects: { land: outline },
    arcs: [...used.keys()].map((at) => arcs[at]),
  };
}

/** `import land from 'virtual:land'`: the topology itself. */
export function landPlugin(): Plugin {
  return {
    name: 'gondola-land',
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : undefined),
    // Read from a text: as a literal of the language it takes several times as long.
    load: async (id) =>
      id === `\0${MODULE}` ? `export default JSON.parse(${JSON.stringify(await readLand())});` : undefined,
  };
}
