import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openAudit } from '../../../server/access/audit.ts';
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
