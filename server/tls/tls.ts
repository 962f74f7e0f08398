/**
 * TLS as the server has it: the certificate it starts with, and each that takes its place while it runs. Files are read again
 * when they change; one of our own is made again in time, or when the machine has another address.
 */
import { type Certificate, readCertificate } from './certificate.ts';
import { lanAddresses, ownCertificate, ownNames } from './own.ts';
import { watchFiles } from './watch.ts';

export type TlsSetting =
  | { readonly kind: 'none' }
  /** One that signs itself. */
  | { readonly kind: 'self' }
  | { readonly kind: 'files'; readonly cert: string; readonly key: string };

export type TlsOptions = {
  /** `.gondola`. */
  readonly folder: string;
  /** Names that the operator gave, and the address it listens on. */
  readonly names: readonly string[];
  readonly now: () => number;
  /** Looks for a renewed one so often. */
  readonly everyMs?: number;
};

export type Secured = {
  readonly certificate: Certificate;
  /** Hands over each that takes its place. Returns the release. */
  keep(renewed: (certificate: Certificate) => void, warn: (what: string) => void): () => void;
};

/** A laptop that changes its network is served by its new address within this time. */
const REMAKE_MS = 60_000;

/** Rejects with CertificateError. */
export async function openTls(
  setting: Exclude<TlsSetting, { kind: 'none' }>,
  { folder, names, now, everyMs }: TlsOptions,
): Promise<Secured> {
  if (setting.kind === 'files')
    return {
      certificate: readCertificate(setting, now()),
      keep: (renewed, warn) =>
        watchFiles(setting, { renewed, warn, now, ...(everyMs === undefined ? {} : { everyMs }) }),
    };
  const wanted = (): readonly string[] => [...names, ...ownNames(), ...lanAddresses()];
  const certificate = await ownCertificate({ folder, names: wanted(), now: now() });
  return { certificate, keep: (renewed, warn) => remake(certificate, renewed, warn) };

  function remake(
    first: Certificate,
    renewed: (certificate: Certificate) => void,
    warn: (what: string) => void,
  ): () => void {
    let { fingerprint } = first;
    const timer = setInterval(() => {
      ownCertificate({ folder, names: wanted(), now: now() }).then(
        (next) => {
          if (next.fingerprint === fingerprint) return;
          fingerprint = next.fingerprint;
          renewed(next);
        },
        (error: unknown) => warn(`the certificate was not renewed: ${error}`),
      );
    }, everyMs ?? REMAKE_MS).unref();
    return () => clearInterval(timer);
  }
}
