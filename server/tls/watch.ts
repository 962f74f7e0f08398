/**
 * Keeps a server's certificate fresh while it runs: looks now and then whether there is another, and hands it over. What
 * cannot be used is told once, and the one before stays.
 */
import { statSync } from 'node:fs';
import { type Certificate, CertificateError, type CertificateFiles, readCertificate } from './certificate.ts';

/** A renewed file is served within this time; asking costs two calls of the system. */
export const LOOK_MS = 5_000;

export type Watching = {
  readonly renewed: (certificate: Certificate) => void;
  readonly warn: (what: string) => void;
  readonly everyMs?: number;
  readonly now: () => number;
};

/** Returns the release. */
export function watchFiles(files: CertificateFiles, { renewed, warn, now, everyMs = LOOK_MS }: Watching): () => void {
  let seen = markOf(files);
  const timer = setInterval(() => {
    const mark = markOf(files);
    if (mark === seen) return;
    seen = mark;
    try {
      renewed(readCertificate(files, now()));
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      // One of two files may be there already and the other one not: the next change is looked at again.
      warn(`the certificate was not renewed: ${error.message}`);
    }
  }, everyMs).unref();
  return () => clearInterval(timer);
}

/** Another one for each change, also where a link points elsewhere. */
function markOf({ cert, key }: CertificateFiles): string {
  return [cert, key]
    .map((path) => {
      const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
      return stats ? `${stats.dev} ${stats.ino} ${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}` : 'gone';
    })
    .join('; ');
}
