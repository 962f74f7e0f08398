/** Hosts that are not ours, as a name that was made to point here, or somebody who knows how hosts are read, would say. */
import type { Outcome } from './attacks.ts';

export const HOST_TRICKS: readonly {
  readonly what: string;
  readonly host: (port: number) => string;
  readonly outcome?: Outcome;
}[] = [
  { what: 'another name', host: () => 'evil.example' },
  { what: 'a name that was rebound, with our port', host: (port) => `rebound.evil.example:${port}` },
  { what: 'a name that holds our address', host: (port) => `127.0.0.1.nip.io:${port}` },
  { what: 'a name that begins as ours', host: (port) => `localhost.evil.example:${port}` },
  { what: 'a name that ends as ours', host: (port) => `evil-localhost:${port}` },
  { what: 'below localhost', host: (port) => `evil.localhost:${port}` },
  { what: 'with a dot at the end', host: (port) => `localhost.:${port}` },
  { what: 'any address', host: (port) => `0.0.0.0:${port}` },
  { what: 'an address of the network', host: (port) => `10.0.0.7:${port}` },
  { what: 'of the cloud’s metadata', host: () => '169.254.169.254' },
  { what: 'one number for the address', host: (port) => `2130706433:${port}` },
  { what: 'a hexadecimal address', host: (port) => `0x7f000001:${port}` },
  { what: 'an address in an IPv6 address', host: (port) => `[::ffff:127.0.0.1]:${port}` },
  { what: 'IPv6 of another', host: (port) => `[2001:db8::1]:${port}` },
  { what: 'somebody at ours', host: (port) => `evil@127.0.0.1:${port}` },
  { what: 'ours and another', host: (port) => `127.0.0.1:${port},evil.example` },
  { what: 'with a path', host: (port) => `127.0.0.1:${port}/evil.example` },
  { what: 'with a space', host: (port) => `127.0.0.1:${port} evil.example` },
  { what: 'none', host: () => '' },
];
