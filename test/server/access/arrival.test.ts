import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalOf, NO_PROXIES, parseProxies, plainAddress } from '../../../server/access/arrival.ts';

const declared = parseProxies(['10.0.0.1', '10.0.1.0/24', 'fd00::/8'])!;
const PROXY = '10.0.0.1';

type Case = {
  readonly says: string;
  readonly peer: string | undefined;
  readonly encrypted?: boolean;
  readonly for?: string;
  readonly proto?: string;
  readonly more?: Readonly<Record<string, string>>;
  /** Address, and whether by TLS. */
  readonly is: readonly [string, boolean];
};

const cases: readonly Case[] = [
  // From anybody else the headers count for nothing.
  { says: 'a stranger', peer: '203.0.113.9', is: ['203.0.113.9', false] },
  { says: 'a stranger by TLS', peer: '203.0.113.9', encrypted: true, is: ['203.0.113.9', true] },
  { says: 'a stranger who names another', peer: '203.0.113.9', for: '198.51.100.7', is: ['203.0.113.9', false] },
  { says: 'a stranger who names this machine', peer: '203.0.113.9', for: '127.0.0.1', is: ['203.0.113.9', false] },
  { says: 'a stranger who names a proxy', peer: '203.0.113.9', for: PROXY, is: ['203.0.113.9', false] },
  { says: 'a stranger who says https', peer: '203.0.113.9', proto: 'https', is: ['203.0.113.9', false] },
  {
    says: 'a stranger by TLS who says http',
    peer: '203.0.113.9',
    encrypted: true,
    proto: 'http',
    is: ['203.0.113.9', true],
  },
  { says: 'a neighbour of the proxy', peer: '10.0.0.2', for: '198.51.100.7', proto: 'https', is: ['10.0.0.2', false] },
  { says: 'a neighbour of the declared network', peer: '10.0.2.1', for: '198.51.100.7', is: ['10.0.2.1', false] },
  {
    says: 'this machine, which is no proxy',
    peer: '127.0.0.1',
    for: '198.51.100.7',
    proto: 'https',
    is: ['127.0.0.1', false],
  },
  { says: 'a connection without an address', peer: undefined, for: '198.51.100.7', proto: 'https', is: ['', false] },
  { says: 'a pipe that is called a proxy', peer: 'proxy', for: '198.51.100.7', is: ['', false] },
  // A declared proxy is believed about whom it heard, and what stands left of that is not.
  { says: 'a proxy that says nothing', peer: PROXY, is: [PROXY, false] },
  { says: 'a proxy by TLS that says nothing', peer: PROXY, encrypted: true, is: [PROXY, true] },
  { says: 'its client', peer: PROXY, for: '198.51.100.7', proto: 'https', is: ['198.51.100.7', true] },
  { says: 'its client by http', peer: PROXY, for: '198.51.100.7', proto: 'http', is: ['198.51.100.7', false] },
  {
    says: 'its client by http, itself by TLS',
    peer: PROXY,
    encrypted: true,
    for: '198.51.100.7',
    proto: 'http',
    is: ['198.51.100.7', false],
  },
  {
    says: 'a client who names another',
    peer: PROXY,
    for: '1.1.1.1, 198.51.100.7',
    proto: 'https',
    is: ['198.51.100.7', true],
  },
  { says: 'a client who names a proxy', peer: PROXY, for: `${PROXY}, 198.51.100.7`, is: ['198.51.100.7', false] },
  {
    says: 'a client who names a chain of proxies',
    peer: PROXY,
    for: `1.1.1.1, ${PROXY}, 10.0.1.5, 198.51.100.7`,
    is: ['198.51.100.7', false],
  },
  { says: 'a client who names this machine', peer: PROXY, for: '127.0.0.1, 198.51.100.7', is: ['198.51.100.7', false] },
  {
    says: 'a client who writes garbage',
    peer: PROXY,
    for: 'unknown, <script>, 198.51.100.7',
    is: ['198.51.100.7', false],
  },
  { says: 'a client who writes commas', peer: PROXY, for: ',,,, ,198.51.100.7,', is: ['198.51.100.7', false] },
  {
    says: 'a client past two proxies',
    peer: PROXY,
    for: '198.51.100.7, 10.0.1.9',
    proto: 'https',
    is: ['198.51.100.7', true],
  },
  {
    says: 'a client past two proxies who names another',
    peer: PROXY,
    for: '1.1.1.1, 198.51.100.7, 10.0.1.9',
    is: ['198.51.100.7', false],
  },
  {
    says: 'a proxy that is nobody’s between',
    peer: PROXY,
    for: '198.51.100.7, 203.0.113.50',
    is: ['203.0.113.50', false],
  },
  { says: 'garbage that the proxy itself wrote', peer: PROXY, for: '198.51.100.7, unknown', is: [PROXY, false] },
  {
    says: 'garbage behind a further proxy',
    peer: PROXY,
    for: '198.51.100.7, unknown, 10.0.1.9',
    is: ['10.0.1.9', false],
  },
  { says: 'a proxy that calls on its own behalf', peer: PROXY, for: '10.0.1.9', is: ['10.0.1.9', false] },
  { says: 'an address with a port', peer: PROXY, for: '198.51.100.7:4711', is: ['198.51.100.7', false] },
  { says: 'an IPv6 address', peer: PROXY, for: '2001:DB8::1', is: ['2001:db8::1', false] },
  { says: 'an IPv6 address with a port', peer: PROXY, for: '[2001:db8::1]:4711', is: ['2001:db8::1', false] },
  { says: 'an address in IPv6’s clothes', peer: PROXY, for: '::ffff:198.51.100.7', is: ['198.51.100.7', false] },
  { says: 'a name in place of an address', peer: PROXY, for: 'admin.internal', is: [PROXY, false] },
  { says: 'numbers that are no address', peer: PROXY, for: '198.51.100.777', is: [PROXY, false] },
  { says: 'an address in octal', peer: PROXY, for: '0177.0.0.1', is: [PROXY, false] },
  { says: 'an address as one number', peer: PROXY, for: '2130706433', is: [PROXY, false] },
  // The proxy itself in other clothes.
  { says: 'a proxy in IPv6’s clothes', peer: '::ffff:10.0.0.1', for: '198.51.100.7', is: ['198.51.100.7', false] },
  {
    says: 'a proxy in IPv6’s clothes, in hexadecimal',
    peer: '::ffff:a00:1',
    for: '198.51.100.7',
    is: ['198.51.100.7', false],
  },
  { says: 'a stranger in IPv6’s clothes', peer: '::ffff:203.0.113.9', for: '198.51.100.7', is: ['203.0.113.9', false] },
  {
    says: 'a proxy of the declared IPv6 network',
    peer: 'fd12::1%eth0',
    for: '198.51.100.7',
    proto: 'https',
    is: ['198.51.100.7', true],
  },
  { says: 'a stranger of IPv6', peer: '2001:db8::5', for: '198.51.100.7', is: ['2001:db8::5', false] },
  // Schemes: one is the proxy's word, as many as addresses stand beside them.
  {
    says: 'a scheme beside each address',
    peer: PROXY,
    for: '198.51.100.7, 10.0.1.9',
    proto: 'https, http',
    is: ['198.51.100.7', true],
  },
  {
    says: 'a client who says https to a proxy that adds',
    peer: PROXY,
    for: '1.1.1.1, 198.51.100.7',
    proto: 'https, http',
    is: ['198.51.100.7', false],
  },
  {
    says: 'more schemes than addresses',
    peer: PROXY,
    for: '198.51.100.7',
    proto: 'https, http',
    is: ['198.51.100.7', false],
  },
  { says: 'two schemes and no address', peer: PROXY, proto: 'https, https', is: [PROXY, false] },
  { says: 'the scheme of a socket', peer: PROXY, for: '198.51.100.7', proto: 'wss', is: ['198.51.100.7', true] },
  { says: 'a scheme in capitals', peer: PROXY, for: '198.51.100.7', proto: 'HTTPS', is: ['198.51.100.7', true] },
  { says: 'a scheme that is none', peer: PROXY, for: '198.51.100.7', proto: 'https://', is: ['198.51.100.7', false] },
  // Other headers say nothing, whoever sends them.
  {
    says: 'Forwarded of a stranger',
    peer: '203.0.113.9',
    more: { forwarded: 'for=1.1.1.1;proto=https' },
    is: ['203.0.113.9', false],
  },
  {
    says: 'Forwarded through a proxy',
    peer: PROXY,
    for: '198.51.100.7',
    more: { forwarded: 'for=1.1.1.1;proto=https' },
    is: ['198.51.100.7', false],
  },
  {
    says: 'Forwarded alone through a proxy',
    peer: PROXY,
    more: { forwarded: 'for=1.1.1.1;proto=https' },
    is: [PROXY, false],
  },
  {
    says: 'X-Real-IP through a proxy',
    peer: PROXY,
    for: '198.51.100.7',
    more: { 'x-real-ip': '1.1.1.1' },
    is: ['198.51.100.7', false],
  },
  {
    says: 'other ways to say https',
    peer: PROXY,
    more: { 'x-forwarded-ssl': 'on', 'front-end-https': 'on', 'x-forwarded-scheme': 'https' },
    is: [PROXY, false],
  },
];

const arrive = ({ peer, encrypted, for: heard, proto, more }: Omit<Case, 'says' | 'is'>, isProxy = declared) =>
  arrivalOf(
    {
      headers: {
        ...(heard === undefined ? {} : { 'x-forwarded-for': heard }),
        ...(proto === undefined ? {} : { 'x-forwarded-proto': proto }),
        ...more,
      },
      socket: { remoteAddress: peer, ...(encrypted === undefined ? {} : { encrypted }) },
    },
    isProxy,
  );

describe('where a request comes from', () => {
  it.each(cases)('$says', ({ is: [address, secure], ...given }) => {
    expect(arrive(given)).toEqual({ address, secure });
  });

  it('is the connection’s own word for everybody where no proxy is declared', () => {
    for (const { is: _, says, ...given } of cases) {
      const arrival = arrive(given, NO_PROXIES);
      const own = { address: plainAddress(given.peer) ?? '', secure: given.encrypted === true };
      expect([says, arrival]).toEqual([says, own]);
    }
  });

  it('is never what a client wrote left of a proxy’s word', () => {
    const text = fc.string({ maxLength: 80 }).map((one) => one.replace(/[^\x20-\x7e]/g, ''));
    fc.assert(
      fc.property(text, (written) => {
        const { address } = arrive({ peer: PROXY, for: `${written}, 198.51.100.7` });
        expect(address).toBe('198.51.100.7');
        expect(arrive({ peer: '203.0.113.9', for: written, proto: written })).toEqual({
          address: '203.0.113.9',
          secure: false,
        });
      }),
    );
  });

  it('is looked for past a few dozen proxies, and no further', () => {
    const chain = (length: number): string => Array.from({ length }, () => '10.0.1.9').join(', ');
    expect(arrive({ peer: PROXY, for: `198.51.100.7, ${chain(31)}` }).address).toBe('198.51.100.7');
    expect(arrive({ peer: PROXY, for: `198.51.100.7, ${chain(32)}` }).address).toBe('10.0.1.9');
  });
});

describe('declared proxies', () => {
  it('are addresses and networks, and never everybody', () => {
    for (const one of ['10.0.0.1', '10.0.0.0/8', '::1', 'fd00::/8', '::ffff:10.0.0.1'])
      expect([one, typeof parseProxies([one])]).toEqual([one, 'function']);
    for (const one of [
      '',
      '0.0.0.0/0',
      '::/0',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/8x',
      'proxy',
      '10.0/8',
    ])
      expect([one, parseProxies([one])]).toEqual([one, undefined]);
    expect(parseProxies([])?.('127.0.0.1')).toBe(false);
    expect(parseProxies(['::ffff:10.0.0.1'])?.('10.0.0.1')).toBe(true);
  });
});
