import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NotebookId } from '../../../server/protocol/ids.ts';
import { leftoversIn } from '../../../server/sessions/leftovers.ts';
import { openSessions } from '../../../server/sessions/sessions.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-trying-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a sandbox that can’t be tried, as the disk refuses', () => {
  it('lets no code run, crashes nothing, and is tried again', async () => {
    const state = join(folder, 'state');
    writeFileSync(state, 'a file where a folder should be');
    const warnings: string[] = [];
    const sessions = openSessions({
      workspace: folder,
      state,
      pathOf: () => 'a.nb.md',
      resolveProgram: () => ({ command: '/bin/false', args: [], mounts: [] }),
      engine: 'sql',
      sandbox: 'auto',
      beyondLoopback: false,
      system: { root: false, user: 1000, bwrap: '/bin/false', folders: {}, countsByNamespace: false },
      timeZone: 'UTC',
      log: (_, message) => warnings.push(message),
    });
    sessions.startAhead('notebook22' as NotebookId);
    expect(await sessions.isolation()).toMatchObject({ kind: 'none', refused: true });
    expect(warnings).toContain('the sandbox could not be tried');
    rmSync(state);
    mkdirSync(state);
    // Now it is tried, and found not to work: on this machine's own that is told and no more.
    const found = await sessions.isolation();
    expect(found.kind === 'none' && found.refused).toBeUndefined();
    await sessions.close();
  });
});

describe('a process on a full disk', () => {
  it('starts all the same: only its note for the next server is missing', () => {
    const taken = join(folder, 'processes');
    writeFileSync(taken, '');
    const release = leftoversIn(taken).note(process.pid);
    expect(release).not.toThrow();
  });
});
