import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { encodeLog, type Log, type LogRecord, openLog, scanRecords } from '../../../server/storage/log.ts';
import { keepHeld } from '../../reliability/record.ts';

const record = (type: number, ...payload: number[]): LogRecord => ({ type, payload: Uint8Array.from(payload) });

async function opened(disk = openMemory()): Promise<{ disk: ReturnType<typeof openMemory>; log: Log }> {
  const opening = await openLog(disk, 'log');
  if (opening.state !== 'open') throw new Error(`damaged at ${opening.offset}`);
  return { disk, log: opening.log };
}

const SAMPLE = [
  record(1, 10, 11, 12, 0),
  record(2),
  record(3, ...Array.from({ length: 70 }, (_, i) => i)),
  record(1, 0, 0),
];
const plain = (records: readonly LogRecord[]) => records.map(({ type, payload }) => [type, ...payload]);
const isPrefix = (part: readonly LogRecord[], whole: readonly LogRecord[]): boolean =>
  part.length <= whole.length && JSON.stringify(plain(part)) === JSON.stringify(plain(whole.slice(0, part.length)));

describe('the log', () => {
  test('gives back what was appended, in order', async () => {
    const { disk, log } = await opened();
    expect(log.length).toBe(0);
    await log.append(SAMPLE[0]!);
    await log.append(SAMPLE[1]!, SAMPLE[2]!);
    await log.append(SAMPLE[3]!);
    await log.close();
    const again = await openLog(disk, 'log');
    expect(plain(again.records)).toEqual(plain(SAMPLE));
    expect(await disk.read('log')).toEqual(encodeLog(SAMPLE));
    expect(again.state === 'open' && again.log.length).toBe(encodeLog(SAMPLE).length);
  });

  test('opening a log that is not there writes nothing', async () => {
    const { disk } = await opened();
    expect(await disk.list('')).toEqual([]);
  });

  test('appends made while a sync is under way share the next one', async () => {
    const disk = openMemory();
    const kinds: string[] = [];
    disk.faults = (call) => void kinds.push(call);
    const { log } = await opened(disk);
    await Promise.all(Array.from({ length: 50 }, (_, index) => log.append(record(1, index))));
    expect(kinds.filter((kind) => kind === 'sync').length).toBe(2);
  });

  test('resolves only after the sync', async () => {
    const { disk, log } = await opened();
    await log.append(record(1, 1));
    disk.losePower();
    expect(scanRecords((await disk.read('log'))!).records.length).toBe(1);
  });

  test('stops at the first failed sync, and never acknowledges what came with or after it', async () => {
    const { disk, log } = await opened();
    await log.append(record(1, 1));
    disk.faults = (call) => (call === 'sync' ? { code: 'disk-failed' } : undefined);
    const doomed = [log.append(record(1, 2)), log.append(record(1, 3))];
    for (const append of doomed) await expect(append).rejects.toMatchObject({ code: 'disk-failed' });
    disk.faults = () => undefined;
    await expect(log.append(record(1, 4))).rejects.toMatchObject({ code: 'disk-failed' });
    expect(log.failed?.code).toBe('disk-failed');
  });

  test('reopened after a failure it goes on behind the last acknowledged record', async () => {
    const { disk, log } = await opened();
    await log.append(record(1, 1));
    disk.faults = (call) => (call === 'append' ? { code: 'disk-full', written: 5 } : undefined);
    await expect(log.append(record(1, 2))).rejects.toMatchObject({ code: 'disk-full' });
    disk.faults = (call) => (call === 'truncate' ? { code: 'disk-failed' } : undefined);
    await expect(log.reopen()).rejects.toMatchObject({ code: 'disk-failed' });
    expect(log.failed?.code).toBe('disk-full');
    disk.faults = () => undefined;
    await log.reopen();
    await log.append(record(1, 3));
    disk.losePower();
    expect(plain((await openLog(disk, 'log')).records)).toEqual([
      [1, 1],
      [1, 3],
    ]);
  });

  test('reopened after its very first write failed it begins with the header', async () => {
    const { disk, log } = await opened();
    disk.faults = (call) => (call === 'append' ? { code: 'disk-full', written: 3 } : undefined);
    await expect(log.append(record(1, 2))).rejects.toMatchObject({ code: 'disk-full' });
    disk.faults = () => undefined;
    await log.reopen();
    await log.append(record(1, 3));
    expect(plain((await openLog(disk, 'log')).records)).toEqual([[1, 3]]);
  });

  test('a tear at any byte of the last record is cut, kept aside, and appended over', async () => {
    const whole = encodeLog(SAMPLE);
    const good = encodeLog(SAMPLE.slice(0, -1)).length;
    for (let length = good + 1; length < whole.length; length += 1) {
      const disk = openMemory();
      disk.overwrite('log', whole.subarray(0, length));
      const opening = await openLog(disk, 'log');
      expect(opening).toMatchObject({ state: 'open', cut: length - good });
      expect(plain(opening.records)).toEqual(plain(SAMPLE.slice(0, -1)));
      expect(await disk.read('log.torn')).toEqual(whole.subarray(good, length));
      if (opening.state === 'open') await opening.log.append(record(9, 9));
      expect(plain((await openLog(disk, 'log')).records)).toEqual([...plain(SAMPLE.slice(0, -1)), [9, 9]]);
    }
  });

  test('zeros from a block boundary on are a tear', async () => {
    const long = encodeLog([record(1, 1), record(1, ...Array.from({ length: 2000 }, () => 7))]);
    long.fill(0, 1024);
    const disk = openMemory();
    disk.overwrite('log', long);
    expect(await openLog(disk, 'log')).toMatchObject({ state: 'open', records: [{ type: 1 }] });
  });

  test('no flipped bit goes unnoticed, whichever it is', async () => {
    const whole = encodeLog(SAMPLE);
    for (let bit = 0; bit < whole.length * 8; bit += 1) {
      const bytes = whole.slice();
      bytes[bit >> 3]! ^= 1 << (bit & 7);
      const scan = scanRecords(bytes);
      expect({ bit, end: scan.end }).toEqual({ bit, end: 'damaged' });
      expect(isPrefix(scan.records, SAMPLE)).toBe(true);
    }
  });

  test('a damaged log opens as its good prefix and the offset, and is not touched', async () => {
    const bytes = encodeLog(SAMPLE);
    const offset = encodeLog(SAMPLE.slice(0, 2)).length;
    bytes[offset + 20]! ^= 1;
    const disk = openMemory();
    disk.overwrite('log', bytes);
    expect(await openLog(disk, 'log')).toMatchObject({ state: 'damaged', offset, records: [{ type: 1 }, { type: 2 }] });
    expect(await disk.read('log')).toEqual(bytes);
  });

  test('whatever call fails and whenever the power goes, all that was acknowledged is there, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 30 }),
        fc.nat(40),
        fc.nat(60),
        fc.boolean(),
        async (payloads, failing, torn, full) => {
          const disk = openMemory();
          const { log } = await opened(disk);
          disk.faults = (_call, _path, count) =>
            count === failing ? { code: full ? 'disk-full' : 'disk-failed', written: torn } : undefined;
          const acknowledged: number[] = [];
          for (const [index, payload] of payloads.entries()) {
            const append = log.append({ type: index, payload }).then(() => void acknowledged.push(index));
            if (index % 3 === 0) {
              await append.catch(() => log.reopen().catch(() => {}));
            } else {
              append.catch(() => {});
            }
          }
          await log.close();
          disk.faults = () => undefined;
          disk.losePower((unsynced) => Math.min(unsynced, torn));
          const { state, records } = await openLog(disk, 'log');
          expect(state).toBe('open');
          const types = records.map(({ type }) => type);
          expect(acknowledged.every((index) => types.includes(index))).toBe(true);
          expect(types).toEqual([...types].sort((a, b) => a - b));
          for (const { type, payload } of records) expect(payload).toEqual(payloads[type]);
        },
      ),
      { numRuns: 300 },
    );
    keepHeld({ figure: 'R4', part: 'a log', held: { 'a call fails, and the power goes': 300 } });
  });
});
