import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { checkWorkspace } from '../../server/check.ts';
import { insertParagraphs } from '../../server/protocol/document.ts';
import type {
  Epoch,
  NotebookId,
  ParagraphId,
  PersonId,
  RequestId,
  ResultId,
  RunId,
  SessionId,
} from '../../server/protocol/ids.ts';
import { encodeRecord as encodeResult } from '../../server/results/manifest.ts';
import { encodeRecord } from '../../server/rooms/records.ts';
import { openStore } from '../../server/rooms/store.ts';
import { openRecords } from '../../server/runs/records.ts';
import { openFiles } from '../../server/storage/disk/files.ts';
import { encodeLog, openLog } from '../../server/storage/log.ts';
import { openSegments } from '../../server/storage/segments.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-check-'));
  mkdirSync(join(folder, '.gondola'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RUN = 'notebook22-run2222222' as RunId;

/** One run that printed more than a record holds. */
async function makeRun(of = 'notebooks/notebook22'): Promise<void> {
  const disk = openFiles(join(folder, '.gondola'));
  const records = await openRecords({ disk, folder: of, now: () => 1, warn: () => {} });
  const run = {
    id: RUN,
    notebook: 'notebook22' as NotebookId,
    paragraph: 'p1' as ParagraphId,
    request: 'q1' as RequestId,
    session: 's1' as SessionId,
    by: { id: 'ada' as PersonId, name: 'Ada' },
    asked: 1,
    interpreter: 'sql',
    source: 'select 1',
    options: {},
    forms: {},
  };
  records.add({ type: 'queued', run });
  const outputs = [{ kind: 'text' as const, stream: 'stdout' as const, text: 'printed '.repeat(2000) }];
  records.add({ type: 'ended', id: RUN, phase: { state: 'done', started: 1, ended: 2 }, outputs });
  await records.flush();
  await records.close();
  await disk.close();
}

const STORE = 'notebooks/notebook22';
const inStore = (name: string): string => join(folder, '.gondola', STORE, name);

function change(file: string, work: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(file, work(readFileSync(file)));
}

const flip =
  (at: number) =>
  (bytes: Buffer): Uint8Array => {
    bytes[at < 0 ? bytes.length + at : at]! ^= 4;
    return bytes;
  };

type Kind = readonly [what: string, make: () => void, line: RegExp];

/** Every kind of damage that a test of the stores makes. */
const DAMAGE: readonly Kind[] = [
  ['a flipped bit in the log', () => change(inStore('log-2'), flip(50)), /notebook22\/log-2: damaged from byte \d+ on/],
  ['a log that is gone', () => rmSync(inStore('log-2')), /the document cannot be read: its log is missing/],
  ['a log that is empty', () => writeFileSync(inStore('log-2'), ''), /its log is missing \(log-2 is empty\)/],
  [
    'a flipped bit in the snapshot, which costs nothing',
    () => change(inStore('snapshot-2'), flip(60)),
    /snapshot-2: damaged: snapshot-2, from byte/,
  ],
  [
    'a snapshot that is cut short',
    () => change(inStore('snapshot-2'), (bytes) => bytes.subarray(0, bytes.length - 9)),
    /snapshot-2: damaged: snapshot-2, which is cut short/,
  ],
  [
    'both snapshots damaged',
    () => {
      for (const name of ['snapshot-1', 'snapshot-2']) change(inStore(name), flip(60));
    },
    /notebook22\/snapshot-2: damaged from byte/,
  ],
  [
    'log and snapshot of different epochs',
    () => writeFileSync(inStore('log-2'), encodeLog([encodeRecord({ type: 'epoch', epoch: 'other' as Epoch })])),
    /log and snapshot are of different epochs/,
  ],
  [
    'records of no known kind',
    () =>
      change(inStore('log-2'), (bytes) =>
        Buffer.concat([bytes, encodeLog([{ type: 99, payload: bytes }]).subarray(8)]),
      ),
    /a record of the unknown type 99/,
  ],
  [
    'an edit that does not apply',
    () => {
      const update = { type: 'update', update: Uint8Array.of(9, 9, 9) } as const;
      change(inStore('log-2'), (bytes) => Buffer.concat([bytes, encodeLog([encodeRecord(update)]).subarray(8)]));
    },
    /1 edits in its log do not apply/,
  ],
  ['a flipped bit in the runs', () => change(inStore('runs.log'), flip(40)), /runs\.log: damaged from byte/],
  [
    'a run record that is none',
    () =>
      change(inStore('runs.log'), (bytes) =>
        Buffer.concat([bytes, encodeLog([{ type: 1, payload: Buffer.from('[{"type":"x"}]') }]).subarray(8)]),
      ),
    /runs\.log: a run record of an unknown kind/,
  ],
  [
    'a flipped bit in a text of a run',
    () => change(inStore('texts/segment-1'), flip(100)),
    /a text of run \S+ cannot be read/,
  ],
  ['a segment that is gone', () => rmSync(inStore('texts/segment-1')), /a text of run \S+ cannot be read/],
  ['a flipped bit in the manifest', () => change(inStore('results.log'), flip(40)), /results\.log: damaged from byte/],
  [
    'a manifest record that is none',
    () =>
      change(inStore('results.log'), (bytes) =>
        Buffer.concat([bytes, encodeLog([{ type: 77, payload: bytes }]).subarray(8)]),
      ),
    /results\.log: a record that this version cannot read/,
  ],
  [
    'a flipped bit in the rows of a result',
    () => change(inStore('blocks/segment-1'), flip(100)),
    /the rows of result \S+ cannot be read/,
  ],
  [
    'a result file that is gone',
    () => rmSync(inStore('results/notebook22-large.duckdb')),
    /the rows of result notebook22-large are missing/,
  ],
  [
    'a result file of another size',
    () => change(inStore('results/notebook22-large.duckdb'), (bytes) => bytes.subarray(1)),
    /the file of result notebook22-large has \d+ bytes, not \d+/,
  ],
  [
    'a damaged history of versions',
    () => {
      const records = [1, 1].map((type) => ({ type, payload: new Uint8Array(30) }));
      writeFileSync(inStore('versions.log'), flip(30)(Buffer.from(encodeLog(records))));
    },
    /versions\.log: damaged from byte 8 on/,
  ],
  [
    'a store of no notebook',
    () => mkdirSync(join(folder, '.gondola', 'notebooks', 'NO ID')),
    /its name is no notebook’s id/,
  ],
  [
    'a line of the ids that cannot be read',
    () => writeFileSync(join(folder, '.gondola', 'notebooks.jsonl'), '{"id":"a","pa\n{"id":"b","path":"b.nb.md"}\n'),
    /notebooks\.jsonl: line 1 cannot be read/,
  ],
  [
    'a database that is none',
    () => writeFileSync(join(folder, '.gondola', 'gondola.db'), 'no database, but a text of some length'.repeat(50)),
    /gondola\.db: file is not a database/,
  ],
  [
    'a flipped bit in a record of people',
    () => {
      const database = new DatabaseSync(join(folder, '.gondola', 'gondola.db'));
      database.exec(
        'create table grants (id text, body text, crc integer); create table seals (tab text, rows integer, crc integer)',
      );
      database.exec('insert into grants values (\'a\', \'{"role":"owner"}\', 1)');
      database.close();
    },
    /gondola\.db: .*grants/,
  ],
  [
    'a file that is no notebook',
    () => writeFileSync(join(folder, 'b.nb.md'), '---\ntitle: [\n---\n'),
    /b\.nb\.md, line \d+: /,
  ],
];

describe('gondola check', () => {
  it('reads the long texts of runs, and names the run of one that is damaged', async () => {
    await makeRun();
    const lines: string[] = [];
    expect(await checkWorkspace(folder, (line) => lines.push(line))).toBe(0);
    const texts = join(folder, '.gondola', 'notebooks', 'notebook22', 'texts');
    const [segment] = readdirSync(texts);
    const bytes = readFileSync(join(texts, segment!));
    bytes.writeUInt8(bytes.readUInt8(100) ^ 4, 100);
    writeFileSync(join(texts, segment!), bytes);
    expect(await checkWorkspace(folder, (line) => lines.push(line))).toBe(1);
    expect(lines).toContain(`notebooks/notebook22: a text of run ${RUN} cannot be read`);
    expect(readFileSync(join(texts, segment!)).equals(bytes)).toBe(true);
  });

  it('reads what visitors ran, and tells of sessions of theirs that were left', async () => {
    await makeRun('notebooks/notebook22/visited');
    await makeRun('notebooks/notebook22/visitors/session222');
    expect((await checked()).join('\n')).toMatch(/: 1 visitors’ sessions of an earlier server.*\n.*nothing is damaged/);
    change(join(folder, '.gondola/notebooks/notebook22/visited/runs.log'), flip(40));
    expect((await checked()).join('\n')).toMatch(/visited\/runs\.log: damaged from byte/);
    await makeRun('notebooks/notebook33/visited');
    const texts = readdirSync(join(folder, '.gondola/notebooks/notebook33/visited/texts'));
    change(join(folder, '.gondola/notebooks/notebook33/visited/texts', texts[0]!), flip(100));
    expect((await checked()).join('\n')).toContain(`a text of run ${RUN} cannot be read`);
  });

  it('finds nothing in what is whole', async () => {
    await makeWorkspace();
    expect((await checked()).at(-1)).toMatch(/nothing is damaged\.$/);
  });

  it.each(DAMAGE)('finds %s, says what to do, and counts it', async (_what, make, line) => {
    await makeWorkspace();
    make();
    const before = readAll(folder);
    const lines = await checked();
    const at = lines.findIndex((one) => line.test(one));
    expect({ lines, found: at >= 0 }).toMatchObject({ found: true });
    // What to do stands below.
    expect(lines[at + 1]).toMatch(/^ {2}\S/);
    expect(lines.at(-1)).toMatch(/ [1-9]\d* damaged\.$/);
    expect(readAll(folder)).toEqual(before);
  });
});

async function checked(): Promise<readonly string[]> {
  const lines: string[] = [];
  await checkWorkspace(folder, (line) => lines.push(line));
  return lines;
}

function readAll(path: string): Record<string, string> {
  const files = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file, readFileSync(file).toString('hex')];
    }),
  );
}

/** A notebook of two generations, with a run that printed much, a small result and a large one. */
async function makeWorkspace(): Promise<void> {
  await makeRun();
  const disk = openFiles(join(folder, '.gondola'));
  const opening = await openStore(disk, STORE, 'epoch' as Epoch);
  if (opening.state !== 'open') throw new Error(opening.detail);
  const { store } = opening;
  const doc = new Y.Doc();
  insertParagraphs(doc, [{ id: 'p1' as ParagraphId, interpreter: 'sql', source: 'select 1', options: {} }], undefined);
  const state = Y.encodeStateAsUpdate(doc);
  await store.append({ type: 'update', update: state });
  for (let count = 0; count < 2; count += 1)
    await store.compact(
      async () => state,
      () => true,
    );
  await store.append({ type: 'update', update: state });
  await store.close();
  const segments = await openSegments(disk, `${STORE}/blocks`, []);
  const rows = new Uint8Array(5000).fill(7);
  const entry = {
    notebook: 'notebook22' as NotebookId,
    paragraph: 'p1' as ParagraphId,
    run: RUN,
    at: 1,
    columns: [{ name: 'n', type: 'INTEGER' }],
    rows: 10,
    bytes: rows.length,
  };
  const log = await openLog(disk, `${STORE}/results.log`);
  if (log.state !== 'open') throw new Error('no log');
  const small = {
    ...entry,
    id: 'notebook22-small' as ResultId,
    form: { kind: 'block', address: await segments.write(rows) },
  } as const;
  const large = {
    ...entry,
    id: 'notebook22-large' as ResultId,
    form: { kind: 'file', name: 'notebook22-large.duckdb' },
  } as const;
  for (const one of [small, large]) await log.log.append(encodeResult({ type: 'kept', entry: one }));
  await disk.replace(`${STORE}/results/notebook22-large.duckdb`, rows);
  await log.log.close();
  await segments.close();
  await disk.close();
  writeFileSync(join(folder, 'a.nb.md'), '# A\n\n```sql id=p1\nselect 1\n```\n');
}
