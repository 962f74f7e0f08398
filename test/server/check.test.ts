import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkWorkspace } from '../../server/check.ts';
import type { NotebookId, ParagraphId, PersonId, RequestId, RunId, SessionId } from '../../server/protocol/ids.ts';
import { openRecords } from '../../server/runs/records.ts';
import { openFiles } from '../../server/storage/disk/files.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-check-'));
  mkdirSync(join(folder, '.gondola'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const RUN = 'notebook22-run2222222' as RunId;

/** One run that printed more than a record holds. */
async function makeRun(): Promise<void> {
  const disk = openFiles(join(folder, '.gondola'));
  const records = await openRecords({ disk, folder: 'notebooks/notebook22', now: () => 1, warn: () => {} });
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
});
