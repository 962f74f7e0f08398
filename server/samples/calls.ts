/**
 * One call of a shop's API, as its gateway logs it. Every call has content of its own (a number that counts up is in its
 * path or body), so that none repeats another unless it is made to.
 */
import type { Random } from './random.ts';

export type Call = {
  readonly endpoint: string;
  readonly method: string;
  readonly path: string;
  /** JSON, `null` where the call has none. */
  readonly body: string;
  readonly client: string;
  readonly agent: string;
};

const FIRST = ['Ada', 'Grace', 'Linus', 'Min-jun', 'Seo-yeon', 'Aiko', 'Noor', 'Lucía', 'Björn', 'Zoë', 'Omar', 'Ines'];
const LAST = [
  'Kim',
  'Nguyen',
  'Okafor',
  'Lindqvist',
  'García',
  'Haddad',
  'Novák',
  'Silva',
  'Tanaka',
  "O'Neill",
  'Petrov',
];
const CITIES = ['Seoul', 'Busan', 'Incheon', 'Daegu', 'Osaka', 'Hamburg', 'Lyon', 'Porto', 'Austin', 'Toronto'];
const STREETS = ['Harbour Street', 'Mill Lane', 'Station Road', 'Teheran-ro', 'Garden Row', 'Quay 4', 'North Avenue'];
const THINGS = [
  'kettle',
  'lamp',
  'backpack',
  'notebook',
  'bicycle pump',
  'raincoat',
  'tent',
  'headphones',
  'scarf',
  'mug',
];
const COLOURS = ['black', 'white', 'sage', 'navy', 'amber', 'clay', 'teal', 'grey'];
const NOTES = [
  'Please leave the parcel with the neighbour if nobody answers the door before six.',
  'Gift: no invoice in the box, and the ribbon from the picture if it is in stock again.',
  'Ring twice. The lift is out of order, and the stairs are behind the second door on the left.',
  'Deliver on a weekday between nine and twelve; the office is closed in the afternoon.',
];
const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/144.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 15_3) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0',
  'ShopApp/8.2.1 (iPhone; iOS 19.1; Scale/3.00) CFNetwork/1600.1 Darwin/25.0.0',
  'ShopApp/8.2.0 (Android 16; SM-S931N; ko_KR) okhttp/5.1.0',
  'partner-sync/3.4 (+https://partners.example.com/contact) python-httpx/0.28',
];
const BOTS = [
  'Mozilla/5.0 (compatible; ExampleBot/2.1; +https://bot.example.com/about)',
  'curl/8.11.1',
  'python-requests/2.32.3',
];
const SCANNED = ['/wp-login.php', '/.env', '/admin/config.php', '/backup.zip', '/.git/config'];

export type Kind = 'payment' | 'order' | 'cart' | 'search' | 'product' | 'login' | 'bot';

/** Of a hundred calls. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ['order', 22],
  ['cart', 30],
  ['payment', 12],
  ['search', 10],
  ['product', 16],
  ['login', 7],
  ['bot', 3],
];
const KINDS: readonly Kind[] = SHARES.flatMap(([kind, share]) => Array.from({ length: share }, () => kind));

/** Pieces are put together once; a call picks among them. */
export function callsFrom(random: Random): { next(kind?: Kind): Call; health(): Call; other(call: Call): Call } {
  const many = <T>(length: number, make: () => T): readonly T[] => Array.from({ length }, make);
  const items = many(2000, () => {
    const thing = `${random.pick(COLOURS)} ${random.pick(THINGS)}`;
    const price = `${5 + random.below(195)}.${String(random.below(100)).padStart(2, '0')}`;
    return `{"sku":"${random.hex(10)}","title":"${thing}","quantity":${1 + random.below(4)},"price":${price},"currency":"EUR"}`;
  });
  const people = many(1000, () => {
    const address = `"street":"${random.pick(STREETS)} ${1 + random.below(180)}","city":"${random.pick(CITIES)}","postcode":"${10_000 + random.below(89_999)}"`;
    return `{"id":"c-${random.hex(8)}","name":"${random.pick(FIRST)} ${random.pick(LAST)}","address":{${address}}}`;
  });
  const clients = many(
    3000,
    () => `${[0, 0, 0].reduce((text) => `${text}.${random.below(256)}`, String(11 + random.below(200)))}`,
  );
  let count = 0;
  /** Eight digits, never twice: an odd factor permutes the numbers below 2³². */
  const unique = (): string => {
    count += 1;
    return (Math.imul(count, 0x9e3779b1) >>> 0).toString(16).padStart(8, '0');
  };
  const itemList = (least: number, most: number): string => {
    let list = random.pick(items);
    for (let more = least + random.below(most - least + 1); more > 1; more -= 1) list += `,${random.pick(items)}`;
    return list;
  };
  const from = (agents: readonly string[]): Pick<Call, 'client' | 'agent'> => ({
    client: random.pick(clients),
    agent: random.pick(agents),
  });

  function next(kind: Kind = random.pick(KINDS)): Call {
    const id = unique();
    switch (kind) {
      case 'order':
        return {
          endpoint: 'POST /v1/orders',
          method: 'POST',
          path: '/v1/orders',
          body: `{"order":"o-${id}","customer":${random.pick(people)},"items":[${itemList(10, 18)}],"note":"${random.pick(NOTES)}"}`,
          ...from(AGENTS),
        };
      case 'cart':
        return {
          endpoint: 'PUT /v1/carts/:id',
          method: 'PUT',
          path: `/v1/carts/k-${id}`,
          body: `{"items":[${itemList(6, 15)}],"coupon":null}`,
          ...from(AGENTS),
        };
      case 'payment':
        return {
          endpoint: 'POST /v1/payments',
          method: 'POST',
          path: '/v1/payments',
          body: `{"order":"o-${id}","amount":${10 + random.below(900)}.${10 + random.below(90)},"currency":"EUR","card":{"brand":"visa","token":"${random.hex(40)}"},"payer":${random.pick(people)},"items":[${itemList(5, 9)}]}`,
          ...from(AGENTS),
        };
      case 'search':
        return {
          endpoint: 'GET /v1/search',
          method: 'GET',
          path: `/v1/search?q=${random.pick(THINGS).replace(' ', '+')}&cursor=${id}`,
          body: 'null',
          ...from(AGENTS),
        };
      case 'product':
        return {
          endpoint: 'GET /v1/products/:id',
          method: 'GET',
          path: `/v1/products/p-${id}`,
          body: 'null',
          ...from(AGENTS),
        };
      case 'login':
        return {
          endpoint: 'POST /v1/sessions',
          method: 'POST',
          path: '/v1/sessions',
          body: `{"device":"d-${id}","person":${random.pick(people)},"code":"${random.hex(6)}"}`,
          ...from(AGENTS),
        };
      case 'bot': {
        const path = random.pick(SCANNED);
        return { endpoint: `GET ${path}`, method: 'GET', path: `${path}?${id}`, body: 'null', ...from(BOTS) };
      }
    }
  }

  return {
    next,
    health: () => ({
      endpoint: 'GET /v1/health',
      method: 'GET',
      path: '/v1/health',
      body: 'null',
      client: '10.0.0.2',
      agent: 'kube-probe/1.33',
    }),
    /** Almost the same call: one digit of its number is another. */
    other(call) {
      const id = unique();
      const body = call.body.replace(/"(o|d)-[0-9a-f]{8}"/, `"$1-${id}"`);
      if (body !== call.body) return { ...call, body };
      return { ...call, path: call.path.replace(/[0-9a-f]{8}$/, id) };
    },
  };
}
