/**
 * Configuration. Each setting comes from the first of: the command line, `GONDOLA_*`, `.gondola/server.json`, `gondola.json`,
 * the default. `gondola.json` lies in a folder that git fills, so it holds only what belongs to the notebooks; what opens
 * doors is refused there. `docs/configuration.md` lists every setting and is compared with `settings` by a test. Long, as
 * most of it is that one list.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseProxies } from './access/arrival.ts';
import {
  type LdapSettings,
  type OidcSettings,
  parseLdap,
  parseOidc,
  SettingError,
} from './access/identity/settings.ts';
import { isLoopback, tlsRefusal } from './exposure.ts';
import { type Grants, parseGrants } from './network/grants.ts';

/** A mistake in how the command was called: one line on stderr, then the exit code. */
export class UsageError extends Error {
  readonly exitCode: 2 | 3;
  constructor(message: string, exitCode: 2 | 3 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}

type Setting<T> = {
  /** Key in the JSON files and name of the command-line option. */
  readonly env: string;
  readonly place: 'doors' | 'notebooks';
  readonly says: string;
  /** The value, or undefined where `value` is none. */
  readonly parse: (value: unknown) => T | undefined;
  readonly expects: string;
  readonly fallback: () => T;
};

const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const flag = (value: unknown): boolean | undefined =>
  typeof value === 'boolean'
    ? value
    : value === 'true' || value === '1'
      ? true
      : value === 'false' || value === '0'
        ? false
        : undefined;
/** What is no text in the files is JSON on the command line and in the environment. */
const json =
  <T>(parse: (value: unknown) => T | undefined) =>
  (value: unknown): T | undefined => {
    if (typeof value !== 'string') return parse(value);
    try {
      return parse(JSON.parse(value));
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      throw error;
    }
  };
const oneOf =
  <const T extends string>(...all: readonly T[]) =>
  (value: unknown): T | undefined =>
    all.find((one) => one === value);
const wholeNumber =
  (least: number, most: number) =>
  (value: unknown): number | undefined => {
    const number =
      typeof value === 'number' ? value : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : Number.NaN;
    return Number.isInteger(number) && number >= least && number <= most ? number : undefined;
  };

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };
/** Bytes: a number, or `512MB`, `4 GB`. */
const bytes = (value: unknown): number | undefined => {
  if (typeof value === 'number') return value > 0 ? Math.floor(value) : undefined;
  const match = typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*$/i.exec(value) : null;
  return match ? Math.floor(Number(match[1]) * UNITS[match[2]!.toLowerCase()]!) : undefined;
};
const timeZone = (value: unknown): string | undefined => {
  const zone = text(value);
  // The tables of zones take 8 MB: they are not loaded for none, and none is needed for this one.
  if (zone === undefined || zone === 'UTC') return zone;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
};
const names = (value: unknown): readonly string[] | undefined => {
  const list = typeof value === 'string' ? value.split(',') : value;
  if (!Array.isArray(list) || !list.every((name) => typeof name === 'string')) return undefined;
  return list.map((name: string) => name.trim()).filter((name) => name !== '');
};

const proxies = (value: unknown): readonly string[] | undefined => {
  const list = names(value);
  return list && parseProxies(list) ? list : undefined;
};

export type Tls =
  | { readonly kind: 'none' }
  /** One that signs itself. */
  | { readonly kind: 'self' }
  | { readonly kind: 'files'; readonly cert: string; readonly key: string };

const tls = (value: unknown): Tls | undefined => {
  if (value === 'self') return { kind: 'self' };
  const [cert, key, ...more] = names(value) ?? [];
  return cert && key && more.length === 0 ? { kind: 'files', cert: resolve(cert), key: resolve(key) } : undefined;
};

const GB = 2 ** 30;

const define = <T>(setting: Setting<T>): Setting<T> => setting;

export const settings = {
  host: define({
    env: 'GONDOLA_HOST',
    place: 'doors',
    says: 'Address to listen on.',
    parse: text,
    expects: 'a host name or address',
    fallback: () => '127.0.0.1',
  }),
  port: define({
    env: 'GONDOLA_PORT',
    place: 'doors',
    says: 'Port to listen on; 0 takes a free one.',
    parse: wholeNumber(0, 65_535),
    expects: 'a number from 0 to 65535',
    fallback: () => 4321,
  }),
  allowHost: define({
    env: 'GONDOLA_ALLOW_HOST',
    place: 'doors',
    says: 'Further names that the server answers for, by comma.',
    parse: names,
    expects: 'names separated by commas',
    fallback: (): readonly string[] => [],
  }),
  insecureHttp: define({
    env: 'GONDOLA_INSECURE_HTTP',
    place: 'doors',
    says: 'Serve beyond loopback without TLS, on a network you trust.',
    parse: flag,
    expects: 'true or false',
    fallback: () => false,
  }),
  proxy: define({
    env: 'GONDOLA_PROXY',
    place: 'doors',
    says: 'Proxies before the server, whose X-Forwarded-For and X-Forwarded-Proto count.',
    parse: proxies,
    expects: 'addresses or networks like 10.0.0.0/8, separated by commas',
    fallback: (): readonly string[] => [],
  }),
  tls: define({
    env: 'GONDOLA_TLS',
    place: 'doors',
    says: 'Serve https by a certificate: files in PEM, or self for one of its own.',
    parse: tls,
    expects: 'CERT,KEY or self',
    fallback: (): Tls => ({ kind: 'none' }),
  }),
  lan: define({
    env: 'GONDOLA_LAN',
    place: 'doors',
    says: 'Serve the local network: all addresses, --tls self, and an invitation.',
    parse: flag,
    expects: 'true or false',
    fallback: () => false,
  }),
  token: define({
    env: 'GONDOLA_TOKEN',
    place: 'doors',
    says: 'The owner’s token; else one is made and kept in .gondola/token.',
    parse: text,
    expects: 'a text',
    fallback: (): string | undefined => undefined,
  }),
  oidc: define({
    env: 'GONDOLA_OIDC',
    place: 'doors',
    says: 'Sign-in by an OpenID provider; see access.md.',
    parse: json(parseOidc),
    expects: 'a JSON object',
    fallback: (): OidcSettings | undefined => undefined,
  }),
  ldap: define({
    env: 'GONDOLA_LDAP',
    place: 'doors',
    says: 'Sign-in by an LDAP directory; see access.md.',
    parse: json(parseLdap),
    expects: 'a JSON object',
    fallback: (): LdapSettings | undefined => undefined,
  }),
  sandbox: define({
    env: 'GONDOLA_SANDBOX',
    place: 'doors',
    says: 'How code is isolated.',
    parse: oneOf('auto', 'bwrap', 'unshare', 'container', 'off'),
    expects: 'auto, bwrap, unshare, container or off',
    fallback: () => 'auto' as const,
  }),
  network: define({
    env: 'GONDOLA_NETWORK',
    place: 'doors',
    says: 'Hosts that paragraphs of notebooks may reach.',
    parse: json(parseGrants),
    expects: 'a list like [{"notebooks": "reports/**", "hosts": ["api.example.com:443"]}]',
    fallback: (): Grants => [],
  }),
  controlGroups: define({
    env: 'GONDOLA_CONTROL_GROUPS',
    place: 'doors',
    says: 'Whether control groups bound sessions, where they can.',
    parse: oneOf('auto', 'off'),
    expects: 'auto or off',
    fallback: () => 'auto' as const,
  }),
  memory: define({
    env: 'GONDOLA_MEMORY',
    place: 'doors',
    says: 'Memory for all sessions together.',
    parse: bytes,
    expects: 'a size like 8GB',
    fallback: () => Math.floor(totalmem() * 0.6),
  }),
  notebookBudget: define({
    env: 'GONDOLA_NOTEBOOK_BUDGET',
    place: 'doors',
    says: 'Disk for the older large results of one notebook.',
    parse: bytes,
    expects: 'a size like 2GB',
    fallback: () => 2 * GB,
  }),
  workspaceBudget: define({
    env: 'GONDOLA_WORKSPACE_BUDGET',
    place: 'doors',
    says: 'Disk for all results of the workspace.',
    parse: bytes,
    expects: 'a size like 20GB',
    fallback: () => 20 * GB,
  }),
  idleMinutes: define({
    env: 'GONDOLA_IDLE_MINUTES',
    place: 'doors',
    says: 'Minutes without a run after which a session’s processes end; its tables stay.',
    parse: wholeNumber(1, 100_000),
    expects: 'a number of minutes',
    fallback: () => 30,
  }),
  auditDays: define({
    env: 'GONDOLA_AUDIT_DAYS',
    place: 'doors',
    says: 'Days that the audit log is kept in the database; older entries go to files.',
    parse: wholeNumber(1, 36_500),
    expects: 'a number',
    fallback: () => 400,
  }),
  auditSize: define({
    env: 'GONDOLA_AUDIT_SIZE',
    place: 'doors',
    says: 'Size of the audit log in the database, and of its files again.',
    parse: bytes,
    expects: 'a size like 256MB',
    fallback: () => 256 * 1024 ** 2,
  }),
  visitors: define({
    env: 'GONDOLA_VISITORS',
    place: 'doors',
    says: 'Sessions that runners have of their own, at one time.',
    parse: wholeNumber(1, 10_000),
    expects: 'a number',
    fallback: () => 20,
  }),
  visitorMinutes: define({
    env: 'GONDOLA_VISITOR_MINUTES',
    place: 'doors',
    says: 'Minutes without a run after which a runner’s own session ends, its results with it.',
    parse: wholeNumber(1, 100_000),
    expects: 'a number of minutes',
    fallback: () => 15,
  }),
  runSeconds: define({
    env: 'GONDOLA_RUN_SECONDS',
    place: 'doors',
    says: 'Seconds that a run may take, and of processor time that it may use.',
    parse: wholeNumber(1, 10_000_000),
    expects: 'a number of seconds',
    fallback: () => 12 * 3600,
  }),
  sessionDisk: define({
    env: 'GONDOLA_SESSION_DISK',
    place: 'doors',
    says: 'Disk for the files and tables of one session.',
    parse: bytes,
    expects: 'a size like 50GB',
    fallback: () => 50 * GB,
  }),
  log: define({
    env: 'GONDOLA_LOG',
    place: 'doors',
    says: 'How much is logged, as JSON lines on stderr.',
    parse: oneOf('silent', 'error', 'warn', 'info', 'debug'),
    expects: 'silent, error, warn, info or debug',
    fallback: () => 'warn' as const,
  }),
  timezone: define({
    env: 'GONDOLA_TIMEZONE',
    place: 'notebooks',
    says: 'Time zone of sessions and dates (IANA).',
    parse: timeZone,
    expects: 'a zone like Europe/Berlin',
    fallback: (): string | undefined => undefined,
  }),
  title: define({
    env: 'GONDOLA_TITLE',
    place: 'notebooks',
    says: 'Name of the workspace on its pages; else the folder’s.',
    parse: text,
    expects: 'a text',
    fallback: (): string | undefined => undefined,
  }),
} satisfies Record<string, Setting<unknown>>;

type Values = { readonly [Key in keyof typeof settings]: ReturnType<(typeof settings)[Key]['fallback']> };
export type Config = Values & { readonly workspace: string };
export type CommandLine = { readonly [Key in keyof typeof settings]?: unknown };

/** Rejects with a UsageError that names the setting, where it stood and what was expected. */
export function readConfig(
  folder: string,
  commandLine: CommandLine,
  env: Readonly<Record<string, string | undefined>>,
): Config {
  const workspace = resolve(folder);
  if (!existsSync(workspace))
    throw new UsageError(`there is no folder ${workspace}. Make it, or name another: gondola serve DIR`);
  if (!statSync(workspace).isDirectory())
    throw new UsageError(`${workspace} is a file, not a folder. A workspace is a folder of notebooks.`);
  const server = readJson(join(workspace, '.gondola', 'server.json'));
  const notebooks = readJson(join(workspace, 'gondola.json'));
  for (const [key, setting] of Object.entries<Setting<unknown>>(settings)) {
    if (setting.place === 'doors' && key in notebooks)
      throw new UsageError(
        `gondola.json may not set "${key}", as it comes with the notebooks. Use --${dashed(key)}, ${setting.env} or .gondola/server.json.`,
      );
  }
  const values = Object.entries<Setting<unknown>>(settings).map(([key, setting]) => [
    key,
    pick(key, setting, [
      [`--${dashed(key)}`, commandLine[key as keyof CommandLine]],
      [setting.env, env[setting.env]],
      ['.gondola/server.json', server[key]],
      ['gondola.json', notebooks[key]],
    ]),
  ]);
  const given = { ...(Object.fromEntries(values) as Values), workspace };
  const config = given.lan ? { ...given, ...onLan(given) } : given;
  refuseOpenDoors(config);
  return config;
}

function pick<T>(key: string, setting: Setting<T>, places: readonly (readonly [string, unknown])[]): T {
  for (const [place, value] of places) {
    if (value === undefined) continue;
    const parsed = parsedAt(place, () => setting.parse(value));
    if (parsed === undefined)
      throw new UsageError(`${place}: "${key}" should be ${setting.expects}, not ${JSON.stringify(value)}.`);
    return parsed;
  }
  return setting.fallback();
}

function parsedAt<T>(place: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof SettingError ? new UsageError(`${place}: ${error.message}`) : error;
  }
}

export const dashed = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function readJson(path: string): Readonly<Record<string, unknown>> {
  if (!existsSync(path)) return {};
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : error}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError(`${path} should hold one JSON object.`);
  return value as Record<string, unknown>;
}

/** Nothing slows down who guesses a token, so it must be none that can be guessed: `openssl rand -hex 16` has 32. */
const SHORTEST_TOKEN = 20;

/** All addresses of IPv4; another host may be named, and another certificate. */
const onLan = ({ host, tls: given }: Values): Pick<Values, 'host' | 'tls'> => ({
  host: isLoopback(host) ? '0.0.0.0' : host,
  tls: given.kind === 'none' ? { kind: 'self' } : given,
});

function refuseOpenDoors(config: Values): void {
  const { host, token, allowHost } = config;
  if (token !== undefined && token.length < SHORTEST_TOKEN && !(isLoopback(host) && allowHost.length === 0))
    throw new UsageError(
      `refusing a GONDOLA_TOKEN of fewer than ${SHORTEST_TOKEN} characters: it could be guessed.`,
      3,
    );
  const refusal = tlsRefusal(config);
  if (refusal !== undefined) throw new UsageError(refusal, 3);
}
