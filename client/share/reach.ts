/** How others come here: what stands before a link's path. */
import type { Reach } from '../account/me.ts';

/** An address of this machine alone means nothing elsewhere: the server's own takes its place where it has one. */
export function originFor(
  { hostname, origin }: { readonly hostname: string; readonly origin: string },
  reach: Pick<Reach, 'others'> | undefined,
): string {
  const [other] = reach?.others ?? [];
  return isThisMachine(hostname) && other !== undefined ? other : origin;
}

const isThisMachine = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
