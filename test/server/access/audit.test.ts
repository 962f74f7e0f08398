import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openAudit } from '../../../server/access/audit.ts';
import { trimAudit } from '../../../server/access/trim.ts';
import type { PersonId } from '../../../server/protocol/ids.ts';
import { openDatabase } from '../../../server/storage/database.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-audit-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('is not filled by strangers: past a number in a minute it tells how many there were, and all that people do', () => {
  let time = 1_000_000;
  const database = openDatabase(join(folder, 'gondola.db'));
  const audit = openAudit(database, () => time);
  const by = { id: 'unknown' as PersonId, name: 'x' };
  for (let index = 0; index < 10_000; index += 1) audit.note({ event: 'sign-in-failed', by });
  audit.note({ event: 'run', by, on: 'n' });
  const first = audit.read({ limit: 1000 });
  expect(first.map(({ event }) => event).filter((event) => event === 'sign-in-failed')).toHaveLength(200);
  expect(first[0]).toMatchObject({ event: 'run' });
  time += 60_000;
  audit.note({ event: 'link-opened', by });
  const [last, number] = audit.read({ limit: 2 });
  expect(last).toMatchObject({ event: 'link-opened' });
  expect(number).toMatchObject({ event: 'lost', detail: expect.stringContaining('9800 more') });
  expect(audit.read({ limit: 1000 })).toHaveLength(203);
  database.close();
});

it('waits for nothing once it is closed, whatever is noted then', () => {
  vi.useFakeTimers();
  try {
    const database = openDatabase(join(folder, 'gondola.db'));
    const audit = openAudit(database, () => 0);
    const by = { id: 'unknown' as PersonId, name: 'x' };
    audit.note({ event: 'run', by });
    expect(vi.getTimerCount()).toBe(1);
    database.close();
    // It cannot be written any more, and is not tried for ever.
    audit.close();
    audit.note({ event: 'sign-in-failed', by });
    expect(vi.getTimerCount()).toBe(0);
    expect(audit.counts.get('sign-in-failed')).toBe(1);
  } finally {
    vi.useRealTimers();
  }
});

describe('past its age or size', () => {
  const DAY = 86_400_000;
  const by = { id: 'ada' as PersonId, name: 'Ada' };
  const files = () => readdirSync(join(folder, 'audit')).sort();
  const linesIn = (): { seq: number; event: string }[] =>
    files().flatMap((name) =>
      readFileSync(join(folder, 'audit', name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    );

  function fill(count: number): { database: ReturnType<typeof openDatabase>; audit: ReturnType<typeof openAudit> } {
    let time = 0;
    const database = openDatabase(join(folder, 'gondola.db'));
    const audit = openAudit(database, () => time);
    for (let index = 0; index < count; index += 1) {
      time = index * DAY;
      audit.note({ event: 'run', by, on: 'x'.repeat(100), detail: String(index) });
    }
    audit.flush();
    return { database, audit };
  }

  it('lets its oldest entries go, each first a line of a file that only its owner reads', () => {
    const { database, audit } = fill(100);
    const kept = () => audit.read({ after: 0, limit: 1000 }).map(({ seq }) => seq);
    expect(trimAudit(database, join(folder, 'audit'), { days: 1000, bytes: 1e9 }, 100 * DAY)).toBe(0);
    expect(trimAudit(database, join(folder, 'audit'), { days: 40, bytes: 1e9 }, 100 * DAY)).toBe(60);
    expect([kept()[0], kept().length]).toEqual([61, 40]);
    expect(linesIn().map(({ seq, event }) => [seq, event])).toEqual(
      Array.from({ length: 60 }, (_, index) => [index + 1, 'run']),
    );
    expect(statSync(join(folder, 'audit', files()[0]!)).mode & 0o777).toBe(0o600);
    const gone = trimAudit(database, join(folder, 'audit'), { days: 1000, bytes: 3_000 }, 100 * DAY);
    expect(gone).toBeGreaterThan(20);
    expect(linesIn()).toHaveLength(60 + gone);
    expect(kept()[0]).toBe(61 + gone);
    expect(
      linesIn()
        .map(({ seq }) => seq)
        .concat(kept()),
    ).toEqual(Array.from({ length: 100 }, (_, at) => at + 1));
    database.close();
  });

  it('keeps what it has where the files cannot be written, and can be emptied by nobody', () => {
    const { database, audit } = fill(10);
    writeFileSync(join(folder, 'audit'), 'in the way');
    expect(() => trimAudit(database, join(folder, 'audit'), { days: 1, bytes: 1e9 }, 100 * DAY)).toThrow();
    expect(audit.read({ limit: 100 })).toHaveLength(10);
    for (const sql of ['delete from audit', 'delete from audit where seq = 1', "update audit set body = 'x'"])
      expect(() => database.write((run) => run(sql))).toThrow('append-only');
    database.write((run) => run('insert into audit_trims (at, upto) values (1, 3)'));
    expect(() => database.write((run) => run('delete from audit where seq <= 4'))).toThrow('append-only');
    for (const sql of ['delete from audit_trims', 'update audit_trims set upto = 100'])
      expect(() => database.write((run) => run(sql))).toThrow('append-only');
    database.close();
  });

  it('keeps of its files the newest, to the same size', () => {
    const { database } = fill(1);
    mkdirSync(join(folder, 'audit'));
    for (const name of ['000000000001.jsonl', '000000000002.jsonl', '000000000003.jsonl'])
      writeFileSync(join(folder, 'audit', name), `${JSON.stringify({ name })}\n`.repeat(40));
    writeFileSync(join(folder, 'audit', 'notes.txt'), 'not ours');
    trimAudit(database, join(folder, 'audit'), { days: 0, bytes: 2_600 }, 100 * DAY);
    expect(files()).toEqual(['000000000002.jsonl', '000000000003.jsonl', 'notes.txt']);
    database.close();
  });
});
