/**
 * Makes a certificate that signs itself, for names and addresses: ECDSA over P-256, for servers alone. The only file that
 * knows of X.509; it and its library are loaded when one is made.
 */
import { KeyObject, randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { BitString, Integer, OctetString, Utf8String } from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  CryptoEngine,
  Extension,
  ExtKeyUsage,
  GeneralName,
  GeneralNames,
} from 'pkijs';
import { groupsOf } from '../protocol/ipv6.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
/** Clocks of others may be behind. */
const BEFORE_MS = 60 * 60 * 1000;
/** What RFC 5280 calls them. */
const OID = {
  commonName: '2.5.4.3',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;
/** Kinds of names. */
const DNS = 2;
const ADDRESS = 7;

export type MadeCertificate = { readonly cert: string; readonly key: string };

/** `names`: host names and addresses. Times are milliseconds. */
export async function makeCertificate(
  names: readonly string[],
  { now, lasts }: { readonly now: number; readonly lasts: number },
): Promise<MadeCertificate> {
  const engine = new CryptoEngine({ name: 'node', crypto: webcrypto as Crypto });
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const made = new Certificate();
  made.version = 2;
  // Positive, and of the length that nobody guesses.
  made.serialNumber = new Integer({ valueHex: bytes(Buffer.concat([Buffer.from([1]), randomBytes(15)])) });
  for (const who of [made.issuer, made.subject])
    who.typesAndValues.push(
      new AttributeTypeAndValue({ type: OID.commonName, value: new Utf8String({ value: 'Gondola' }) }),
    );
  made.notBefore.value = new Date(now - BEFORE_MS);
  made.notAfter.value = new Date(now + lasts);
  const altNames = new GeneralNames({ names: names.map(nameOf) });
  made.extensions = [
    extension(OID.basicConstraints, new BasicConstraints({ cA: false }).toSchema(), true),
    // It signs handshakes, and no other certificate.
    extension(OID.keyUsage, new BitString({ valueHex: bytes(Buffer.from([0x80])), unusedBits: 7 }), true),
    extension(OID.extendedKeyUsage, new ExtKeyUsage({ keyPurposes: [OID.serverAuth] }).toSchema()),
    extension(OID.subjectAltName, altNames.toSchema()),
  ];
  await made.subjectPublicKeyInfo.importKey(keys.publicKey as CryptoKey, engine);
  await made.sign(keys.privateKey as CryptoKey, 'SHA-256', engine);
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' });
  return { cert: pemOf(Buffer.from(made.toSchema(true).toBER(false))), key: String(key) };
}

const extension = (extnID: string, value: { toBER(size?: boolean): ArrayBuffer }, critical = false): Extension =>
  new Extension({ extnID, critical, extnValue: value.toBER(false) });

function nameOf(name: string): GeneralName {
  const version = isIP(name);
  if (version === 0) return new GeneralName({ type: DNS, value: name });
  const octets =
    version === 4
      ? name.split('.').map(Number)
      : groupsOf(name).flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
  const value = Buffer.from(octets);
  return new GeneralName({ type: ADDRESS, value: new OctetString({ valueHex: bytes(value) }) });
}

/** With a memory of its own: a small Buffer shares one with others. */
const bytes = (buffer: Buffer): ArrayBuffer => new Uint8Array(buffer).buffer;

const pemOf = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
