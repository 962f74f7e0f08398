/**
 * Random edits on a disk that fails at any call and a machine that loses its power at any moment: what was acknowledged
 * is there, or the store says that it is damaged. In memory, where power can be lost; on real files, where a process can
 * be killed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Epoch, ParagraphId } from '../../../server/protocol/ids.ts';
import { type NotebookStore, openStore } from '../../../server/rooms/store.ts';
import { openFiles } from '../../../server/storage/disk/files.ts';
import { type DiskCall, type Fault, openMemory } from '../../../server/storage/disk/memory.ts';
import type { Disk } from '../../../server/storage/disk.ts';
import { keepHeld } from '../../reliability/record.ts';
import { faulty } from '../storage/faulty.ts';
import { mortal, seeded } from './house.ts';

type Machine = {
  readonly disk: Disk & { faults: (call: DiskCall, path: string, count: number) => Fault | undefined };
  /** What was not synced may be gone. */
  readonly crash: (random: () => number) => Promise<void>;
  readonly release: () => void;
};

const memoryMachine = (): Machine => {
  const disk = openMemory();
  const crash = async (random: () => number): Promise<void> => {
    // Else the process alone ends, and what was not synced is read as if it were safe.
    if (random() < 0.3) return;
    disk.losePower(
      (unsynced) => Math.floor(random() * (unsynced + 1)),
      () => random() < 0.5,
    );
  };
  return { disk, crash, release: () => {} };
};

const filesMachine = (): Machine => {
  const root = mkdtempSync(join(tmpdir(), 'gondola-power-'));
  const disk = faulty(openFiles(root));
  const release = (): void => {
    void disk.close();
    rmSync(root, { recursive: true, force: true });
  };
  // A killed process has nothing under way.
  return { disk, crash: () => disk.idle(), release };
};

const CODES = ['disk-full', 'disk-failed'] as const;

/** Plays one life of a notebook; gives what happened, for the count of cases. */
async function live(seed: number, machine: Machine): Promise<{ acknowledged: number; refused: number; boots: number }> {
  const random = seeded(seed);
  const { disk } = machine;
  const acknowledged = new Set<number>();
  const counts = { refused: 0, boots: 0 };
  let next = 0;
  let under: Promise<readonly PromiseSettledResult<unknown>[]> = Promise.resolve([]);
  let base = 0;
  let life = mortal(disk);
  let store = await boot();

  async function boot(): Promise<NotebookStore> {
    disk.faults = () => undefined;
    // A dead process waits for nothing.
    under = Promise.resolve([]);
    const opening = await openStore(life.disk, 'n', `e${seed}` as Epoch, true);
    if (opening.state !== 'open') throw new Error(`seed ${seed}: ${opening.detail}`);
    counts.boots += 1;
    const there = new Set(opening.updates.flatMap((update) => read(update)));
    const missing = [...acknowledged].filter((one) => !there.has(one));
    expect({ seed, boot: counts.boots, missing }).toEqual({ seed, boot: counts.boots, missing: [] });
    expect(opening.store.epoch).toBe(`e${seed}`);
    const texts = opening.store.bases.map(({ text }) => Number(text));
    expect(texts.length === 0 || texts.at(-1)! >= base, `seed ${seed}: the base ${base}, not ${texts}`).toBe(true);
    // What is there and was never acknowledged counts as acknowledged from now on: it was read, and may be shown.
    for (const one of there) acknowledged.add(one);
    return opening.store;
  }

  for (let step = 0; step < 40; step += 1) {
    const rate = random() < 0.5 ? 0 : random() * 0.5;
    const code = CODES[Math.floor(random() * 2)]!;
    disk.faults = () => {
      if (random() >= rate) return undefined;
      return { code, ...(random() < 0.3 ? { done: true } : {}), ...(random() < 0.5 ? { written: 3 } : {}) };
    };
    const chance = random();
    if (chance < 0.6) {
      const batch = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
        next += 1;
        const one = next;
        return store.append({ type: 'update', update: write([one]) }).then(() => acknowledged.add(one));
      });
      under = Promise.allSettled(batch);
      const outcomes = random() < 0.8 ? await under : [];
      if (outcomes.some(({ status }) => status === 'rejected')) {
        counts.refused += 1;
        await store.recover().catch(() => {});
      }
    } else if (chance < 0.7) {
      const text = base + 1;
      const saved = await store
        .append({ type: 'base', base: { text: String(text), ids: ['a' as ParagraphId], languages: {} } })
        .then(
          () => true,
          () => false,
        );
      if (saved) base = text;
      else await store.recover().catch(() => {});
    } else if (chance < 0.9) {
      // All that was appended before, as a room collects it.
      const collect = async (): Promise<Uint8Array> => {
        await under;
        return write([...acknowledged]);
      };
      await store.compact(collect, () => true).catch(() => store.recover().catch(() => {}));
    } else {
      life.kill();
      await machine.crash(random);
      life = mortal(disk);
      store = await boot();
    }
  }
  disk.faults = () => undefined;
  await store.recover().catch(() => {});
  life.kill();
  await machine.crash(random);
  life = mortal(disk);
  await boot();
  machine.release();
  return { acknowledged: acknowledged.size, ...counts };
}

const write = (numbers: readonly number[]): Uint8Array => new TextEncoder().encode(JSON.stringify(numbers));
const read = (update: Uint8Array): number[] => JSON.parse(new TextDecoder().decode(update)) as number[];

const held: Record<string, number> = {};
afterAll(() => keepHeld({ figure: 'R4', part: 'lives of a store', held }));

describe('whatever call fails and whenever it ends, what was acknowledged is there', () => {
  test('in memory, with the power going at any moment (invariant 2)', { timeout: 120_000 }, async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
        const outcome = await live(seed, memoryMachine());
        refused += outcome.refused;
      }),
      { numRuns: 100 },
    );
    expect(refused).toBeGreaterThan(100);
    held['in memory, the power going'] = 100;
  });

  test('on real files, with the process ended at any moment', { timeout: 120_000 }, async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(1_000_000), async (seed) => {
        const outcome = await live(seed, filesMachine());
        refused += outcome.refused;
      }),
      { numRuns: 10 },
    );
    expect(refused).toBeGreaterThan(10);
    held['on real files, the process ended'] = 10;
  });
});
