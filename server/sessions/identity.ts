/** The id of a notebook's session, in a small file, so that it outlives the server. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FillRandom, newId, parseId, type SessionId } from '../protocol/ids.ts';

export function sessionIdIn(base: string, random?: FillRandom): SessionId {
  const file = join(base, 'session.json');
  const known = readId(file);
  if (known) return known;
  const id = newId<SessionId>(random);
  mkdirSync(base, { recursive: true });
  writeFileSync(`${file}.new`, `${JSON.stringify({ version: 1, id })}\n`);
  renameSync(`${file}.new`, file);
  return id;
}

function readId(file: string): SessionId | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return typeof value === 'object' && value !== null && 'id' in value ? parseId<SessionId>(value.id) : undefined;
  } catch {
    return undefined;
  }
}
