import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { spawnReader } from '../../server/reader.ts';
import type { WindowRequest } from '../../server/results/reader/protocol.ts';
import type { ReaderSettings } from '../../server/results/spawn.ts';
import type { Isolation } from '../../server/sessions/isolation.ts';
import { fullLimits } from '../../server/sessions/limits.ts';
import { findIsolation } from '../../server/sessions/probe.ts';
import { findSystem } from '../../server/sessions/system.ts';
import { missing } from '../support/missing.ts';
import { type Bench, bytesOf, never, openBench, rowsOf } from './results/support.ts';
import { canIsolate, resolveProgram, root } from './sessions/support.ts';

const system = findSystem();
const machine = { memory: 4 * 2 ** 30, cores: 2 };
const sandboxed = await canIsolate();
if (!sandboxed) missing('bubblewrap: the results reader is tried without a sandbox only');

const spawnWith = (isolation: (settings: ReaderSettings) => Promise<Isolation>) => (settings: ReaderSettings) =>
  spawnReader(
    { root, settings, system, machine, isolation: () => isolation(settings) },
    join(root, 'server/reader.ts'),
  );

const enclosed = ({ readable }: ReaderSettings): Promise<Isolation> =>
  findIsolation({
    sandbox: 'auto',
    beyondLoopback: false,
    system,
    program: resolveProgram('sql')!,
    workspace: join(readable, '..'),
    state: join(readable, '..', 'state'),
    limits: fullLimits(machine),
  });

const kinds = [
  { title: 'in a sandbox', isolation: enclosed, runs: sandboxed },
  {
    title: 'without one',
    isolation: async (): Promise<Isolation> => ({ kind: 'none', why: 'the test wants none' }),
    runs: true,
  },
];

for (const { title, isolation, runs } of kinds) {
  describe.skipIf(!runs)(`the results reader ${title}`, () => {
    let bench: Bench;
    afterAll(() => bench?.close());

    it('serves windows, sorts and downloads', async () => {
      bench = await openBench(spawnWith(isolation));
      const owner = await bench.keep('select i, md5(i::varchar) as t from range(200000) r(i)');
      expect(await rowsOf(bench.results, owner.id, { offset: 150_000, limit: 1 })).toMatchObject([
        [150_000n, expect.any(String)],
      ]);
      const sort = [{ column: 'i', descending: true }];
      expect((await rowsOf(bench.results, owner.id, { offset: 5_000, limit: 1, sort }))[0]![0]).toBe(194_999n);
      const parquet = await bytesOf(bench.results, owner.id, { format: 'parquet' });
      expect(parquet.subarray(-4).toString()).toBe('PAR1');
    });

    it('opens no file but those of results', async () => {
      const { file, columns, rows } = await bench.write('select 42 as a');
      const ask = (path: string) => {
        const source = { kind: 'file', key: path, path } as const;
        const rest = { rows, bytes: 1, offset: 0, limit: 1, order: [], format: 'json' } as const;
        const request: WindowRequest = {
          type: 'window',
          asker: 'one',
          source,
          columns,
          ...rest,
          order: [],
          narrow: { filters: [] },
        };
        return bench.reader.ask(request, undefined, never);
      };
      await expect(ask(file)).rejects.toMatchObject({ code: expect.stringMatching(/^result-(gone|unreadable)$/) });
      const inside = join(bench.root, 'notebooks', 'control.duckdb');
      copyFileSync(file, inside);
      const { body } = await ask(inside);
      expect(Buffer.concat(await body.toArray()).toString()).toContain('42');
    });
  });
}
