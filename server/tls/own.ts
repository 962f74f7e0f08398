/**
 * The certificate of `--tls self`: made in `.gondola/` for the names and addresses that this machine has, kept, and made anew
 * before it ends or when there is a name that it lacks. Nobody vouches for it; its fingerprint is what people compare.
 */
import { X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type Certificate, checkCertificate } from './certificate.ts';

const DAY = 24 * 60 * 60 * 1000;
/** The longest that browsers take of anybody. */
const LASTS_MS = 397 * DAY;
/** Made anew so long before its end: a server that is looked after is started more often. */
const AHEAD_MS = 30 * DAY;

/** Addresses by which others on the network reach this machine. */
export function lanAddresses(interfaces = networkInterfaces()): readonly string[] {
  const all = Object.values(interfaces).flatMap((list) => list ?? []);
  // Those of one cable alone (fe80) do not open in a browser.
  return all
    .filter(({ internal, address }) => !internal && !/^(fe80|169\.254\.)/i.test(address))
    .map(({ address }) => address);
}

/** Names by which this machine is known around it: its own, and that with `.local`. */
export function ownNames(host = hostname()): readonly string[] {
  const name = host.toLowerCase();
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/.test(name) || isIP(name) !== 0) return [];
  return name.includes('.') || name === 'localhost' ? [name] : [name, `${name}.local`];
}

export type OwnOptions = {
  /** `.gondola`. */
  readonly folder: string;
  /** Host names and addresses beside this machine's loopback. */
  readonly names: readonly string[];
  readonly now: number;
};

/** Reads it, and makes it where there is none that serves. */
export async function ownCertificate({ folder, names, now }: OwnOptions): Promise<Certificate> {
  const path = join(folder, 'tls.pem');
  const wanted = [...new Set(['localhost', '127.0.0.1', '::1', ...names])];
  const before = read(path, now);
  if (before && before.until - now > AHEAD_MS && wanted.every((name) => isFor(before.cert, name))) return before;
  const { makeCertificate } = await import('./make.ts');
  const { cert, key } = await makeCertificate(wanted, { now, lasts: LASTS_MS });
  // Both in one file: neither is ever there without the other.
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, `${key}${cert}`, { mode: 0o600, flush: true });
  renameSync(fresh, path);
  return checkCertificate(cert, key, { cert: path, key: path }, now);
}

const isFor = (cert: string, name: string): boolean => {
  const own = new X509Certificate(cert);
  return (isIP(name) === 0 ? own.checkHost(name) : own.checkIP(name)) !== undefined;
};

/** Undefined where there is none, or none that can be used. */
function read(path: string, now: number): Certificate | undefined {
  try {
    chmodSync(path, 0o600);
    const text = readFileSync(path, 'utf8');
    const at = text.indexOf('-----BEGIN CERTIFICATE-----');
    return checkCertificate(text.slice(Math.max(0, at)), text.slice(0, at), { cert: path, key: path }, now);
  } catch {
    return undefined;
  }
}
