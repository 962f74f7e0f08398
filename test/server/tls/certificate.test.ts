import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Certificate, CertificateError, readCertificate } from '../../../server/tls/certificate.ts';
import { makeCertificate } from '../../../server/tls/make.ts';
import { lanAddresses, ownCertificate, ownNames } from '../../../server/tls/own.ts';
import { watchFiles } from '../../../server/tls/watch.ts';

const DAY = 24 * 60 * 60 * 1000;
const NOW = Date.now();
let folder: string;
let files: { cert: string; key: string };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gondola-tls-'));
  files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
});
afterEach(() => rmSync(folder, { recursive: true }));

async function write(to = files, now = NOW, lasts = 90 * DAY): Promise<{ cert: string; key: string }> {
  const made = await makeCertificate(['notebooks.example', '10.0.0.7'], { now, lasts });
  writeFileSync(to.cert, made.cert);
  writeFileSync(to.key, made.key);
  return made;
}

const refusal = (now = NOW): string => {
  try {
    readCertificate(files, now);
  } catch (error) {
    if (error instanceof CertificateError) return error.message;
    throw error;
  }
  throw new Error('it was taken');
};

describe('a certificate of files', () => {
  it('is read with what people compare', async () => {
    const { cert } = await write();
    const read = readCertificate(files, NOW);
    expect(read).toMatchObject({ cert, selfSigned: true, fingerprint: new X509Certificate(cert).fingerprint256 });
    expect(Math.abs(read.until - (NOW + 90 * DAY))).toBeLessThan(2_000);
  });

  it('is refused with what is wrong with it', async () => {
    expect(refusal()).toBe(`there is no certificate at ${files.cert}`);
    const { cert, key } = await write();
    rmSync(files.key);
    expect(refusal()).toBe(`there is no key at ${files.key}`);
    writeFileSync(files.key, (await makeCertificate(['x.example'], { now: NOW, lasts: DAY })).key);
    expect(refusal()).toBe(`${files.key} is not the key of ${files.cert}`);
    writeFileSync(files.key, cert);
    expect(refusal()).toBe(`${files.key} is no private key in PEM`);
    writeFileSync(files.cert, key);
    expect(refusal()).toBe(`${files.cert} is no certificate in PEM`);
    writeFileSync(files.cert, '');
    expect(refusal()).toBe(`${files.cert} is no certificate in PEM`);
    const locked = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    });
    writeFileSync(files.cert, cert);
    writeFileSync(files.key, locked.privateKey);
    expect(refusal()).toBe(`${files.key} is locked with a password`);
    rmSync(files.key);
    symlinkSync(folder, files.key);
    expect(refusal()).toBe(`the key ${files.key} cannot be read (EISDIR)`);
  });

  it('is refused once it has ended, and before it begins', async () => {
    await write(files, NOW - 100 * DAY);
    expect(refusal()).toMatch(/ended \d{4}-\d\d-\d\d; renew it$/);
    await write(files, NOW + 2 * DAY);
    expect(refusal()).toMatch(/holds only from \d{4}-\d\d-\d\d on$/);
  });

  it('is handed over when it is renewed, and the one before stays while the new one is not whole', async () => {
    await write();
    const renewed: Certificate[] = [];
    const warned: string[] = [];
    const stop = watchFiles(files, {
      renewed: (certificate) => void renewed.push(certificate),
      warn: (what) => void warned.push(what),
      everyMs: 10,
      now: () => NOW,
    });
    try {
      const next = await makeCertificate(['notebooks.example'], { now: NOW, lasts: 60 * DAY });
      writeFileSync(files.cert, next.cert);
      await expect.poll(() => warned.length, { timeout: 20_000 }).toBe(1);
      expect([renewed, warned[0]]).toEqual([[], expect.stringContaining('is not the key of')]);
      writeFileSync(files.key, next.key);
      await expect.poll(() => renewed.length, { timeout: 20_000 }).toBe(1);
      expect(renewed[0]?.cert).toBe(next.cert);
      rmSync(files.cert);
      await expect.poll(() => warned.length, { timeout: 20_000 }).toBe(2);
      // As certbot does it: what a link points to changes.
      const [there, third] = [join(folder, 'live.pem'), await makeCertificate(['a.example'], { now: NOW, lasts: DAY })];
      writeFileSync(there, third.cert);
      writeFileSync(files.key, third.key);
      symlinkSync(there, files.cert);
      await expect.poll(() => renewed.at(-1)?.cert, { timeout: 20_000 }).toBe(third.cert);
    } finally {
      stop();
    }
  });
});

describe('a certificate of one’s own', () => {
  const own = (names: readonly string[] = [], now = NOW) => ownCertificate({ folder, names, now });

  it('is for this machine and the names given, for servers alone, and its owner’s to read', async () => {
    const { cert, fingerprint, selfSigned, until } = await own(['notebooks.example', '10.0.0.7', 'fd00::1:0:12']);
    const read = new X509Certificate(cert);
    expect(read.subjectAltName).toBe(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:notebooks.example, IP Address:10.0.0.7, IP Address:FD00:0:0:0:0:1:0:12',
    );
    expect([read.ca, read.keyUsage, selfSigned, fingerprint]).toEqual([
      false,
      ['1.3.6.1.5.5.7.3.1'],
      true,
      read.fingerprint256,
    ]);
    expect(until - NOW).toBeLessThanOrEqual(398 * DAY);
    expect(statSync(join(folder, 'tls.pem')).mode & 0o777).toBe(0o600);
    expect(existsSync(join(folder, `tls.pem.${process.pid}`))).toBe(false);
  });

  it('is kept, and made anew before it ends, for another name, and where it is damaged', async () => {
    const first = await own(['10.0.0.7']);
    expect((await own(['10.0.0.7'])).fingerprint).toBe(first.fingerprint);
    // One name less is no reason.
    expect((await own()).fingerprint).toBe(first.fingerprint);
    expect((await own([], first.until - 31 * DAY)).fingerprint).toBe(first.fingerprint);
    const later = await own([], first.until - 29 * DAY);
    expect(later.fingerprint).not.toBe(first.fingerprint);
    const moved = await own(['10.0.0.8']);
    expect(moved.fingerprint).not.toBe(later.fingerprint);
    chmodSync(join(folder, 'tls.pem'), 0o644);
    expect((await own(['10.0.0.8'])).fingerprint).toBe(moved.fingerprint);
    expect(statSync(join(folder, 'tls.pem')).mode & 0o777).toBe(0o600);
    writeFileSync(join(folder, 'tls.pem'), readFileSync(join(folder, 'tls.pem'), 'utf8').slice(0, 300));
    const mended = await own(['10.0.0.8']);
    expect(mended.fingerprint).not.toBe(moved.fingerprint);
    expect((await own(['10.0.0.8'])).fingerprint).toBe(mended.fingerprint);
  });

  it('knows the machine by its name and by its addresses on networks', () => {
    expect(ownNames('Ada-Laptop')).toEqual(['ada-laptop', 'ada-laptop.local']);
    expect(ownNames('build.example.com')).toEqual(['build.example.com']);
    for (const none of ['', '10.0.0.7', 'under_score', 'a b', '-x', 'x..y', 'ünï'])
      expect([none, ownNames(none)]).toEqual([none, []]);
    const at = (address: string, internal = false) => ({
      address,
      internal,
      netmask: '',
      mac: '',
      cidr: null,
      ...(address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' as const }),
    });
    const known = lanAddresses({
      lo: [at('127.0.0.1', true), at('::1', true)],
      eth0: [at('192.0.2.2'), at('fe80::1'), at('fd00::5'), at('169.254.3.4')],
    });
    expect(known).toEqual(['192.0.2.2', 'fd00::5']);
  });
});
