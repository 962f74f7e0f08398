/**
 * Who a page says sits before it, in the header `gondola-person: ID NAME` (the name percent-encoded): where nobody has an
 * account, edits by calls bear that name, as those of the socket do. With an account the account's name counts.
 */
import { type PersonId, parseId } from '../protocol/ids.ts';
import type { Who } from '../protocol/runs.ts';

/** As long as the socket's. */
const LONGEST_NAME = 80;

export function claimedPerson(header: string | readonly string[] | undefined): Who | undefined {
  const [id, encoded = ''] = String(header ?? '').split(' ');
  const parsed = parseId<PersonId>(id);
  const name = decoded(encoded)
    ?.replaceAll(/\p{Cc}/gu, '')
    .trim();
  return parsed && name ? { id: parsed, name: name.slice(0, LONGEST_NAME).toWellFormed() } : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
