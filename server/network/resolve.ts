/** Names by the system's own resolver, as every program of the machine reads them; all addresses of both families. */
import { lookup } from 'node:dns/promises';

export const lookupAll = async (host: string): Promise<readonly string[]> =>
  (await lookup(host, { all: true })).map(({ address }) => address);
