/**
 * What a stranger on the network, or a hostile page in somebody's browser, does at a route, by mechanism. Each gives the
 * requests that it makes of one route; none may be answered as the route answers, whoever's credentials travel along.
 */
import { HOST_TRICKS } from './host-tricks.ts';
import type { RawRequest } from './listening.ts';

/** A route of the app's own inventory, with what exists in place of its parameters. */
export type Place = { readonly method: string; readonly path: string };

export type Scene = {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** The owner's, for this server. */
  readonly cookie: string;
};

/** How it is refused; `harmless`: answered as to anybody, without credentials. */
export type Outcome = 'foreign-host' | 'foreign-origin' | 'nobody' | 'bad-request' | 'media-type' | 'unread';

export type Attack = {
  readonly class: string;
  readonly what: string;
  readonly outcome: Outcome;
  /** Where it makes sense. */
  readonly at: (place: Place) => boolean;
  readonly ask: (place: Place, scene: Scene) => RawRequest;
};

const changes = ({ method }: Place): boolean => !['GET', 'HEAD', 'OPTIONS'].includes(method);
const reads = ({ method }: Place): boolean => method === 'GET';
const isApi = ({ path }: Place): boolean => path.startsWith('/api/');
const any = (): boolean => true;
const bearer = ({ token }: Scene) => ({ authorization: `Bearer ${token}` });
const withQuery = (path: string, query: string): string => `${path}${path.includes('?') ? '&' : '?'}${query}`;
const sends = (place: Place, type = 'application/json', body = '{}') =>
  changes(place) ? { headers: { 'content-type': type }, body } : { headers: {} };
/** As the place itself is asked, with these headers beside. */
const plain = (place: Place, headers: RawRequest['headers'] = {}): RawRequest => {
  const sent = sends(place);
  return { ...place, ...sent, headers: { ...sent.headers, ...headers } };
};

const FOREIGN = (port: number): Readonly<Record<string, string>> => ({
  'another site': 'http://evil.example',
  'a sandboxed frame': 'null',
  'another port': 'http://127.0.0.1:9999',
  'another name for this machine': `http://localhost:${port}`,
  'another scheme': `https://127.0.0.1:${port}`,
  'a name that begins alike': `http://127.0.0.1:${port}.evil.example`,
  'somebody@here': `http://evil@127.0.0.1:${port}`,
  'a file': 'file://',
  'an extension': 'chrome-extension://abcdefghijklmnop',
});

const origins: readonly Attack[] = Object.keys(FOREIGN(1)).flatMap((name) => [
  {
    class: 'foreign origin',
    what: `a change from ${name}, with the cookie`,
    outcome: 'foreign-origin',
    at: changes,
    ask: (place, scene) => plain(place, { origin: FOREIGN(scene.port)[name]!, cookie: scene.cookie }),
  },
]);

const hosts: readonly Attack[] = HOST_TRICKS.map(({ what, host, outcome = 'foreign-host' }) => ({
  class: 'foreign host',
  what,
  outcome,
  at: any,
  ask: (place, scene) => plain(place, { ...bearer(scene), host: host(scene.port) }),
}));

/** What a form of another page can send without asking first. */
const FORMS = {
  'text/plain': '{"title":"x","x":"="}',
  'application/x-www-form-urlencoded': 'title=x&token=x',
  'multipart/form-data; boundary=b': '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nx\r\n--b--\r\n',
} as const;
const forms: readonly Attack[] = Object.entries(FORMS).flatMap(([type, body]) => [
  {
    class: 'forms of other pages',
    what: `${type} from another site, with the cookie`,
    outcome: 'foreign-origin',
    at: changes,
    ask: (place, { cookie }) => ({
      ...place,
      body,
      headers: { 'content-type': type, cookie, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' },
    }),
  },
  {
    class: 'forms of other pages',
    what: `${type} without a word where from, with the cookie`,
    outcome: 'foreign-origin',
    at: changes,
    ask: (place, { cookie }) => ({ ...place, body, headers: { 'content-type': type, cookie } }),
  },
]);

const fetches: readonly Attack[] = (['cross-site', 'same-site'] as const).flatMap((site) => [
  {
    class: 'told by the browser',
    what: `a change that says ${site} under an origin that is ours`,
    outcome: 'foreign-origin',
    at: changes,
    ask: (place, { cookie, host }) =>
      plain(place, { cookie, origin: `http://${host}`, 'sec-fetch-site': site, 'sec-fetch-mode': 'cors' }),
  },
  ...(['no-cors', 'cors', 'same-origin', 'websocket'] as const).map(
    (mode): Attack => ({
      class: 'told by the browser',
      what: `a call that is read by ${site}, ${mode}`,
      outcome: 'foreign-origin',
      at: (place) => reads(place) && isApi(place),
      ask: (place, { cookie }) => plain(place, { cookie, 'sec-fetch-site': site, 'sec-fetch-mode': mode }),
    }),
  ),
]);

const nobody = (what: string, headers: (scene: Scene) => Readonly<Record<string, string>>): Attack => ({
  class: 'no credentials',
  what,
  outcome: 'nobody',
  at: any,
  ask: (place, scene) => plain(place, { origin: `http://${scene.host}`, ...headers(scene) }),
});
const secretOf = ({ cookie }: Scene): string => cookie.split('=')[1] ?? '';
const strangers: readonly Attack[] = [
  nobody('nothing at all', () => ({})),
  nobody('a token that was never made', () => ({ authorization: 'Bearer wrong' })),
  nobody('the token as a password', ({ token }) => ({
    authorization: `Basic ${Buffer.from(`owner:${token}`).toString('base64')}`,
  })),
  nobody('the token without its scheme', ({ token }) => ({ authorization: token })),
  nobody('the token in another header', ({ token }) => ({ 'x-api-key': token, 'x-auth-token': token })),
  nobody('the token as a cookie', ({ token, port }) => ({ cookie: `gondola-${port}=${token}; token=${token}` })),
  nobody('a wrong token beside a right cookie', ({ cookie }) => ({ authorization: 'Bearer wrong', cookie })),
  nobody('a cookie’s secret as a token', (scene) => ({ authorization: `Bearer ${secretOf(scene)}` })),
  nobody('the cookie of another port', (scene) => ({ cookie: `gondola-${scene.port - 1}=${secretOf(scene)}` })),
  nobody('a cookie of links that holds an account’s secret', (scene) => ({
    cookie: `gondola-${scene.port}-links=${secretOf(scene)}`,
  })),
  nobody('an empty cookie', ({ port }) => ({ cookie: `gondola-${port}=` })),
  nobody('a cookie that names a person', ({ port }) => ({ cookie: `gondola-${port}-person=owner.Owner` })),
  nobody('words of a proxy', ({ host }) => ({
    'x-forwarded-for': '127.0.0.1',
    'x-forwarded-host': host,
    'x-forwarded-user': 'owner',
    'x-real-ip': '127.0.0.1',
    forwarded: 'for=127.0.0.1;host=localhost;proto=https',
    'remote-user': 'owner',
  })),
  nobody('a person’s name', () => ({ 'gondola-person': 'owner.Owner' })),
];

/** Proxies and frameworks know headers and addresses that lead elsewhere. */
const detours: readonly Attack[] = [
  ...['x-original-url', 'x-rewrite-url', 'x-forwarded-uri'].map((name) =>
    nobody(`${name}: /healthz`, () => ({ [name]: '/healthz' })),
  ),
  ...['x-http-method-override', 'x-http-method', 'x-method-override'].map((name) =>
    nobody(`${name}: GET`, () => ({ [name]: 'GET' })),
  ),
].map((one) => ({ ...one, class: 'detours' }));

const addresses: readonly Attack[] = [
  {
    class: 'detours',
    what: 'a whole address of this server, with the token',
    outcome: 'bad-request',
    at: any,
    ask: (place, scene) => ({ ...plain(place, bearer(scene)), path: `http://${scene.host}${place.path}` }),
  },
  {
    class: 'detours',
    what: 'a whole address of another server, with the token',
    outcome: 'bad-request',
    at: any,
    ask: (place, scene) => ({ ...plain(place, bearer(scene)), path: `http://evil.example${place.path}` }),
  },
];

const tokens: readonly Attack[] = [
  {
    class: 'token in the address',
    what: 'the token in the query',
    outcome: 'bad-request',
    at: isApi,
    ask: (place, scene) => ({
      ...plain(place, { origin: `http://${scene.host}` }),
      path: withQuery(place.path, `token=${scene.token}`),
    }),
  },
  {
    class: 'token in the address',
    what: 'the token in the query beside the cookie',
    outcome: 'bad-request',
    at: isApi,
    ask: (place, scene) => ({
      ...plain(place, { origin: `http://${scene.host}`, cookie: scene.cookie }),
      path: withQuery(place.path, `token=${scene.token}`),
    }),
  },
  {
    class: 'token in the address',
    what: 'the token under another name',
    outcome: 'nobody',
    at: any,
    ask: (place, scene) => ({
      ...plain(place, { origin: `http://${scene.host}` }),
      path: withQuery(place.path, `access_token=${scene.token}&key=${scene.token}`),
    }),
  },
];

const twice: readonly Attack[] = [
  {
    class: 'headers twice',
    what: 'two hosts',
    outcome: 'bad-request',
    at: any,
    ask: (place, scene) => plain(place, { ...bearer(scene), host: [scene.host, 'evil.example'] }),
  },
  {
    class: 'headers twice',
    what: 'two origins, ours first',
    outcome: 'bad-request',
    at: changes,
    ask: (place, { cookie, host }) => plain(place, { cookie, origin: [`http://${host}`, 'http://evil.example'] }),
  },
  {
    class: 'headers twice',
    what: 'two tokens, a wrong one first',
    outcome: 'bad-request',
    at: any,
    ask: (place, scene) => plain(place, { authorization: ['Bearer wrong', `Bearer ${scene.token}`] }),
  },
];

const preflights: readonly Attack[] = ['http://evil.example', 'null'].map((origin) => ({
  class: 'asking first',
  what: `a preflight from ${origin}`,
  outcome: 'unread',
  at: any,
  ask: ({ method, path }, { cookie }) => ({
    method: 'OPTIONS',
    path,
    headers: {
      origin,
      cookie,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization, content-type',
      'access-control-request-private-network': 'true',
    },
  }),
}));

/** Content types that an operation does not take, by whoever may call it. */
const TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'text/html', 'application/xml', 'text/json'] as const;
const types: readonly Attack[] = [
  ...TYPES.map((type) => ({ what: type, headers: { 'content-type': type } })),
  { what: 'JSON packed by gzip', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } },
  { what: 'JSON packed by brotli', headers: { 'content-type': 'application/json', 'content-encoding': 'br' } },
].map(({ what, headers }) => ({
  class: 'content types',
  what,
  outcome: 'media-type',
  at: changes,
  ask: (place, scene) => ({ ...place, body: '{"title":"x"}', headers: { ...bearer(scene), ...headers } }),
}));

export const attacks: readonly Attack[] = [
  ...strangers,
  ...origins,
  ...hosts,
  ...forms,
  ...fetches,
  ...tokens,
  ...twice,
  ...detours,
  ...addresses,
  ...preflights,
  ...types,
];
