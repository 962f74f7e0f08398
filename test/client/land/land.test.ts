import { readFileSync } from 'node:fs';
import { brotliCompressSync } from 'node:zlib';
import { read } from 'vega';
import type { TopLevelSpec } from 'vega-lite';
import { expect, it } from 'vitest';
import { readLand } from '../../../client/land/build.ts';
import { landLayer, withoutLand } from '../../../client/outputs/chart/land.ts';

const WORLD = new URL('../../../node_modules/vega-datasets/data/world-110m.json', import.meta.url);
const featuresOf = (topology: unknown) =>
  read(topology as never, { type: 'topojson', feature: 'land' } as never, undefined as never);

it('is the outline of all land, and small enough to be fetched for a map', async () => {
  const text = await readLand();
  expect(brotliCompressSync(text).length).toBeLessThan(30_000);
  const whole: unknown = JSON.parse(readFileSync(WORLD, 'utf8'));
  expect(featuresOf(JSON.parse(text))).toEqual(featuresOf(whole));
});

it('is no part of a text that is taken away', () => {
  const points = { data: { values: [{ lon: 1 }] }, mark: 'circle' };
  const spec = { layer: [landLayer({ hues: [], quiet: '#888' }), points] } as unknown as TopLevelSpec;
  expect(withoutLand(spec)).toEqual({ layer: [points] });
  const other = { mark: 'bar' } as unknown as TopLevelSpec;
  expect(withoutLand(other)).toBe(other);
});
