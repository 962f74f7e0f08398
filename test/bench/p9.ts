/**
 * P9: 2,000 clients on one notebook, 100 of whom type 100 edits a second together, against Hocuspocus as it comes, which
 * keeps nothing on disk. Clients are in processes of their own; of the server its process alone is measured. An edit that
 * is missing or doubled anywhere ends the benchmark. And two users: what an acknowledgement takes beyond an append and a
 * sync of the same disk.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Measured, median, ROUNDS } from './figure.ts';
import { faultsOf, fullLoad, type Load, type Loaded, runLoad } from './load/load.ts';
import { HOW_TO_INSTALL, type Served, serveGondola, servePeer } from './load/servers.ts';

const CROWD = fullLoad({ clients: 2_000, typing: 100, edits: 100, seconds: 20 });
const TWO = fullLoad({ clients: 2, edits: 20, seconds: 10 });
const SYNCS = 200;
/** Of our own choosing: what does not look late to who reads along, with the longest window of 50 ms in it. */
const MOST_WATCHING_MS = 100;
/** About what the record of one edit takes. */
const RECORD_BYTES = 60;

async function loaded(served: Served, load: Load): Promise<Loaded> {
  try {
    const done = await runLoad(served.target, load);
    const faults = faultsOf(done);
    if (faults.length > 0) throw new Error(`${served.target.dialect}: ${faults.join('; ')}`);
    return done;
  } finally {
    await served.stop();
  }
}

/** Median of an append and a sync, ms. */
async function syncMs(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'gondola-sync-'));
  const file = await open(join(folder, 'log'), 'a');
  const times: number[] = [];
  for (let index = 0; index < SYNCS; index += 1) {
    const started = performance.now();
    await file.write(Buffer.alloc(RECORD_BYTES, index));
    await file.datasync();
    times.push(performance.now() - started);
  }
  await file.close();
  rmSync(folder, { recursive: true });
  return median(times);
}

async function servePeers(): Promise<Served> {
  const peer = await servePeer('hocuspocus', 1);
  if (!peer) throw new Error(`Hocuspocus is not here: ${HOW_TO_INSTALL}`);
  return peer;
}

export async function measure(): Promise<readonly Measured[]> {
  const ours: Loaded[] = [];
  const peer: Loaded[] = [];
  const beyond: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await loaded(await serveGondola(1), CROWD));
    peer.push(await loaded(await servePeers(), CROWD));
    const { acknowledged } = await loaded(await serveGondola(1), TWO);
    beyond.push(acknowledged.p50 - (await syncMs()));
  }
  const cpuMs = (all: readonly Loaded[]): readonly number[] => all.map(({ cpu }) => cpu * 1000);
  const p99 = (all: readonly Loaded[]): readonly number[] => all.map(({ delivered }) => delivered.p99);
  return [
    {
      figure: 'P9',
      what: '2,000 clients on one notebook, 100 edits a second: p99 from an edit to another’s page; nothing lost',
      ours: { unit: 'ms', values: p99(ours) },
      reference: { name: 'Hocuspocus', unit: 'ms', values: p99(peer) },
      goal: { at: 'most', value: 1.1, of: 'ratio' },
    },
    {
      figure: 'P9 watching',
      what: 'the same to those who look on, who are told less often',
      ours: { unit: 'ms', values: ours.map(({ watched }) => watched.p99) },
      goal: { at: 'most', value: MOST_WATCHING_MS, of: 'ours' },
      note: `Hocuspocus: ${median(peer.map(({ watched }) => watched.p99)).toFixed(1)} ms`,
    },
    {
      figure: 'P9 processor',
      what: 'processor time of the server in a second of it',
      ours: { unit: 'ms', values: cpuMs(ours) },
      reference: { name: 'Hocuspocus', unit: 'ms', values: cpuMs(peer) },
      goal: { at: 'most', value: 0.5, of: 'ratio' },
    },
    {
      figure: 'P9 two',
      what: 'two users: median from an edit to its acknowledgement, beyond an append and sync of the same disk',
      ours: { unit: 'ms', values: beyond },
      goal: { at: 'most', value: 1, of: 'ours' },
    },
  ];
}
