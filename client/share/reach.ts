/** How others come here: what stands before a link's path, and what makes a server of this machine one of the network. */
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

/** To be typed on the server's machine. Whoever may not know the folder is told its place: without one another is served. */
export const serveCommand = (folder: string | undefined): string =>
  `npx gondola serve ${folder === undefined ? 'DIR' : quoted(folder)} --lan`;

const quoted = (path: string): string => (/^[\w./@%+,:-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
