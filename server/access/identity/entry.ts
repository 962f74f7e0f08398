/** What a directory's entry says about somebody, in our terms. Entries come from outside: each value is looked at. */
import type { Told } from '../identity.ts';
import { nameBelow, plainDn } from './dn.ts';
import { roleFor } from './roles.ts';
import type { LdapSettings } from './settings.ts';

/** Attributes are found without regard to case; of the id the bytes. */
export type Entry = Readonly<Record<string, unknown>>;

/** Undefined where the entry lacks what tells it from all others, for good. */
export function toldByEntry(entry: Entry, groups: readonly string[], settings: LdapSettings): Told | undefined {
  const subject = subjectOf(valuesOf(entry, settings.id));
  if (subject === undefined) return undefined;
  const names = textsOf(entry, settings.name);
  const [shown] = textsOf(entry, settings.shown);
  return {
    identity: { by: 'ldap', issuer: plainDn(settings.base), subject },
    names: [...names, ...(shown === undefined ? [] : [shown]), subject],
    ...(shown === undefined ? {} : { shown }),
    groups,
    role: roleFor(groups, settings),
  };
}

/** Those that lie where groups count. */
export const groupsNamed = (entry: Entry, memberOf: string, groupName: string, groupBase: string): readonly string[] =>
  textsOf(entry, memberOf).flatMap((dn) => nameBelow(dn, groupName, groupBase) ?? []);

export const textsOf = (entry: Entry, attribute: string): readonly string[] =>
  valuesOf(entry, attribute).flatMap((value) => {
    const text = value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value;
    return typeof text === 'string' && text !== '' ? [text] : [];
  });

function valuesOf(entry: Entry, attribute: string): readonly unknown[] {
  const key = Object.keys(entry).find((name) => name.toLowerCase() === attribute.toLowerCase());
  const value = key === undefined ? undefined : entry[key];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

/** Some are text (`entryUUID`), some are bytes (`objectGUID`). Two of them are none. */
function subjectOf(values: readonly unknown[]): string | undefined {
  const [value] = values;
  if (values.length !== 1) return undefined;
  const bytes =
    value instanceof Uint8Array ? Buffer.from(value) : typeof value === 'string' ? Buffer.from(value) : undefined;
  if (bytes === undefined || bytes.length === 0) return undefined;
  return bytes.every((byte) => byte > 0x20 && byte < 0x7f) ? bytes.toString('latin1') : `0x${bytes.toString('hex')}`;
}
