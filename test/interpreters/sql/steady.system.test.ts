/** The list of functions that is written down is the engine's. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import duckdb from '@duckdb/node-bindings';
import { expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '../../../interpreters/protocol.ts';
import { openEngine } from '../../../interpreters/sql/database.ts';
import { listSteady } from '../../../interpreters/sql/uses/steady.ts';
import { NAMES, VERSION } from '../../../interpreters/sql/uses/steady-names.ts';
import { makeFolder } from '../harness.ts';

it('says what the engine says: else run node test/interpreters/sql/steady.ts', async () => {
  const folder = makeFolder();
  const [session, out] = [join(folder, 'session'), join(folder, 'out')];
  for (const path of [session, out]) mkdirSync(path);
  const place = { session, out, readable: [], timeZone: 'UTC' };
  const engine = await openEngine({ type: 'start', protocol: PROTOCOL_VERSION, memory: 2 ** 29, threads: 2, ...place });
  try {
    expect(VERSION).toBe(duckdb.library_version());
    expect(NAMES.split(/\s+/)).toEqual(await listSteady(engine.meta));
    expect(NAMES.split(/\s+/)).toEqual(expect.arrayContaining(['+', 'abs', 'list_value', 'sum', 'to_days', '~~']));
  } finally {
    engine.close();
    rmSync(folder, { recursive: true });
  }
});
