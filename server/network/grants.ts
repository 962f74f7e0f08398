/**
 * Hosts that the operator grants to notebooks: the setting `network`, read once and closed by default. A grant names a host and
 * a port; a name that leads to a private address is let through only where the grant says `private`, and this machine or a
 * link only where the grant names the address itself. Pure.
 */
import { isIP } from 'node:net';
import { matchesGlob } from 'node:path';
import { rangeOf } from './addresses.ts';
import type { Rule } from './guard.ts';
import { authorityOf, parseAuthority, type Target } from './target.ts';

export type Grant = Target & { readonly private: boolean };
export type Grants = readonly { readonly notebooks: string; readonly hosts: readonly Grant[] }[];

/** `host:port` of each, of the size that a person writes. */
const MOST_GRANTS = 1_000;

/** `[{"notebooks": "reports/**", "hosts": ["api.example.com:443", {"host": "db.intern:8080", "private": true}]}]`. */
export function parseGrants(value: unknown): Grants | undefined {
  if (!Array.isArray(value) || value.length > MOST_GRANTS) return undefined;
  const grants = value.map(parseOne);
  return grants.every((one) => one !== undefined) ? grants : undefined;
}

function parseOne(value: unknown): Grants[number] | undefined {
  if (!isRecord(value) || !hasOnly(value, ['notebooks', 'hosts'])) return undefined;
  const { notebooks, hosts } = value;
  if (typeof notebooks !== 'string' || notebooks === '' || !Array.isArray(hosts) || hosts.length > MOST_GRANTS) {
    return undefined;
  }
  const parsed = hosts.map(parseHost);
  return parsed.every((one) => one !== undefined) ? { notebooks, hosts: parsed } : undefined;
}

function parseHost(value: unknown): Grant | undefined {
  const full = typeof value === 'string' ? { host: value } : value;
  if (!isRecord(full) || !hasOnly(full, ['host', 'private']) || typeof full.host !== 'string') return undefined;
  if (full.private !== undefined && typeof full.private !== 'boolean') return undefined;
  const target = parseAuthority(full.host);
  // In a sandbox `localhost` is the paragraph's own: a service of this machine is named by its address.
  if (!target || target.host === 'localhost' || target.host.endsWith('.localhost')) return undefined;
  if (isIP(target.host) !== 0 && rangeOf(target.host).realm === 'never') return undefined;
  return { ...target, private: full.private === true };
}

/** Whether a notebook at this path, relative to the workspace, has any. */
export const hasGrants = (grants: Grants, notebook: string): boolean =>
  grants.some((one) => one.hosts.length > 0 && matchesGlob(notebook, one.notebooks));

/** What opens the target for the notebook; undefined where nothing does. */
export function ruleFor(grants: Grants, notebook: string, target: Target): Rule | undefined {
  const found = grants
    .filter((one) => matchesGlob(notebook, one.notebooks))
    .flatMap(({ hosts }) => hosts)
    .filter((host) => authorityOf(host) === authorityOf(target));
  if (found.length === 0) return undefined;
  return { private: found.some((host) => host.private), named: isIP(target.host) !== 0 };
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const hasOnly = (value: object, keys: readonly string[]): boolean =>
  Object.keys(value).every((key) => keys.includes(key));
