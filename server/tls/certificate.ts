/**
 * A certificate with its key, as files hold them, and what is wrong with them: told at start in one line, so that nobody finds
 * out by a browser's warning. The chain is sent as it stands in the file, the server's own certificate first.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

export type Certificate = {
  /** PEM: the server's own, then those that lead to a root. */
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the server's own, `AB:CD:…`, as browsers show it. */
  readonly fingerprint: string;
  readonly until: number;
  /** Signed by itself: nobody vouches for it. */
  readonly selfSigned: boolean;
};

export type CertificateFiles = { readonly cert: string; readonly key: string };

/** What is wrong, as the rest of a sentence that begins with the option. */
export class CertificateError extends Error {}

/** Throws CertificateError. */
export function readCertificate({ cert, key }: CertificateFiles, now: number): Certificate {
  return checkCertificate(readPem(cert, 'certificate'), readPem(key, 'key'), { cert, key }, now);
}

/** Throws CertificateError. `names` are the files', for what is told. */
export function checkCertificate(cert: string, key: string, names: CertificateFiles, now: number): Certificate {
  const own = ownIn(cert, names.cert);
  const secret = keyIn(key, names.key);
  if (!own.checkPrivateKey(secret)) throw new CertificateError(`${names.key} is not the key of ${names.cert}`);
  const since = Date.parse(own.validFrom);
  const until = Date.parse(own.validTo);
  if (until <= now) throw new CertificateError(`${names.cert} ended ${dayOf(until)}; renew it`);
  if (since > now) throw new CertificateError(`${names.cert} holds only from ${dayOf(since)} on`);
  return { cert, key, fingerprint: own.fingerprint256, until, selfSigned: isSelfSigned(own) };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Its own name stands as the issuer's, and its own key has signed it. */
const isSelfSigned = (own: X509Certificate): boolean => own.issuer === own.subject && own.verify(own.publicKey);

function readPem(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT') throw new CertificateError(`there is no ${what} at ${path}`);
    if (code === 'EACCES') throw new CertificateError(`the ${what} ${path} may not be read by this user`);
    throw new CertificateError(`the ${what} ${path} cannot be read (${String(code)})`);
  }
}

function ownIn(cert: string, name: string): X509Certificate {
  try {
    return new X509Certificate(cert);
  } catch {
    throw new CertificateError(`${name} is no certificate in PEM`);
  }
}

function keyIn(key: string, name: string): ReturnType<typeof createPrivateKey> {
  try {
    return createPrivateKey(key);
  } catch {
    const locked = /ENCRYPTED/.test(key);
    throw new CertificateError(locked ? `${name} is locked with a password` : `${name} is no private key in PEM`);
  }
}
