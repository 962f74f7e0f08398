import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createBases } from '../../../server/http/bases.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';

const notebook = 'notebook22' as NotebookId;

it('a text that the disk does not take is not known later, and fails no call', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gondola-bases-'));
  try {
    const blocked = join(folder, 'texts');
    writeFileSync(blocked, 'a file where a folder should be');
    const bases = createBases(blocked, Date.now);
    await bases.keep(notebook, 'tag', 'text');
    expect(await bases.find(notebook, 'tag')).toBeUndefined();
    rmSync(blocked);
    await bases.keep(notebook, 'tag', 'text');
    expect(await bases.find(notebook, 'tag')).toBe('text');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
