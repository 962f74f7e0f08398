/**
 * R14: many people on many notebooks. 500 clients over 50 notebooks make 2,000 edits a second, each with a mark of its own;
 * measured is the built server's process alone. `node test/reliability/r14.ts [--seconds 600] [--record]`.
 */
import { ensureBuilt } from '../../server/build.js';
import { faultsOf, fullLoad, type Loaded, runLoad } from '../bench/load/load.ts';
import { serveGondola } from '../bench/load/servers.ts';
import { root } from '../support/server.ts';
import { keep, type Reading, wantsRecord } from './record.ts';

export const P50_MS = 10;
export const P99_MS = 100;
export const RSS_MB = 500;

export const FULL = { clients: 500, notebooks: 50, edits: 2_000 } as const;

export async function loadFor(seconds: number, edits: number = FULL.edits): Promise<Loaded> {
  const served = await serveGondola(FULL.notebooks);
  try {
    return await runLoad(served.target, fullLoad({ ...FULL, edits, seconds }));
  } finally {
    await served.stop();
  }
}

export function readingsOf(loaded: Loaded, seconds: number): readonly Reading[] {
  const { acknowledged, rssMB, cpu, delivered } = loaded;
  return [
    { what: `edits acknowledged in ${seconds} s, p50`, value: acknowledged.p50, unit: 'ms', most: P50_MS },
    { what: 'the same, p99', value: acknowledged.p99, unit: 'ms', most: P99_MS },
    { what: 'the same, p99.9', value: acknowledged.p999, unit: 'ms' },
    { what: 'an edit on its way to another’s page, p99', value: delivered.p99, unit: 'ms' },
    { what: 'memory of the server at most', value: rssMB, unit: 'MB', most: RSS_MB },
    { what: 'processor of the server', value: cpu, unit: 'cores' },
  ];
}

if (process.argv[1] === import.meta.filename) {
  const at = process.argv.indexOf('--seconds');
  const seconds = at < 0 ? 60 : Number(process.argv[at + 1]);
  await ensureBuilt(root);
  const loaded = await loadFor(seconds);
  const faults = faultsOf(loaded);
  process.stdout.write(`${JSON.stringify({ figure: 'R14', seconds, ...loaded, faults })}\n`);
  if (wantsRecord()) {
    const { missing: inClients, repeated: twiceInClients } = loaded.replicas;
    const { missing, repeated } = loaded.server;
    keep(root, {
      figure: 'R14',
      part: `${seconds} s`,
      counts: [
        { class: 'edits acknowledged', cases: loaded.edits, failed: loaded.unacknowledged },
        { class: 'edits once in the server', cases: loaded.edits, failed: missing + repeated },
        {
          class: 'edits once in each page there',
          cases: (loaded.edits * FULL.clients) / FULL.notebooks,
          failed: inClients + twiceInClients,
        },
        { class: 'connections held', cases: FULL.clients, failed: loaded.lost.length },
      ],
      readings: readingsOf(loaded, seconds),
    });
  }
  process.exitCode = faults.length > 0 ? 1 : 0;
}
