/**
 * What the operator says of a provider, parsed once: `oidc` and `ldap` of the configuration. Secrets are no part of it: they
 * stand in files or in the environment. Closed by default: passwords never travel in the clear beyond this machine, and
 * without a word about who may come in nobody may.
 */
import { ROLES, roleOf } from '../../protocol/roles.ts';
import { isThisHost } from '../web.ts';
import type { ClaimNames } from './claims.ts';
import type { RoleMap } from './roles.ts';

/** Says what is wrong, in one line. */
export class SettingError extends Error {}

export type OidcSettings = RoleMap & {
  /** As the provider writes it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecretFile: string | undefined;
  /** How the secret is sent; as the provider says it takes it when undefined. */
  readonly clientAuth: 'basic' | 'post' | undefined;
  readonly scope: string;
  readonly claims: ClaimNames;
  readonly label: string;
};

export type LdapSettings = RoleMap & {
  /** `ldaps://…` or `ldap://…`, with a port where it is not the usual one. */
  readonly url: string;
  readonly startTls: boolean;
  /** Certificates of those who may have signed the server's, as PEM; else those that Node knows. */
  readonly caFile: string | undefined;
  /** Who searches; nobody in particular when undefined. */
  readonly bindDn: string | undefined;
  readonly bindPasswordFile: string | undefined;
  /** Where people are. */
  readonly base: string;
  readonly objectClass: string;
  /** What they sign in with. */
  readonly name: string;
  readonly shown: string;
  /** What never changes and is never given to another. */
  readonly id: string;
  /** Where the groups are that count; without it none does. */
  readonly groupBase: string | undefined;
  readonly groupName: string;
  /** Groups are searched by this attribute of theirs, */
  readonly member: string;
  /** or named by this one of the person's. */
  readonly memberOf: string | undefined;
  /** Asked before our own passwords. */
  readonly first: boolean;
  readonly label: string;
};

/** Undefined where it is no object. Throws SettingError. */
export const parseOidc = (value: unknown): OidcSettings | undefined =>
  parsed('oidc', value, (read) => {
    const issuer = read.text('issuer');
    if (issuer === undefined) throw read.wrong('issuer', 'the address of the provider, like https://id.example');
    if (!isPrivateAddress(issuer, 'https:', 'http:'))
      throw read.wrong('issuer', 'an https address without query (http on this machine alone)');
    const clientId = read.text('clientId');
    if (clientId === undefined) throw read.wrong('clientId', 'the name this server has at the provider');
    const auth = read.text('clientAuth');
    if (auth !== undefined && auth !== 'basic' && auth !== 'post') throw read.wrong('clientAuth', 'basic or post');
    const scope = read.text('scope') ?? 'openid profile email';
    if (!scope.split(' ').includes('openid')) throw read.wrong('scope', 'names with spaces between, openid among them');
    return {
      issuer,
      clientId,
      clientSecretFile: read.text('clientSecretFile'),
      clientAuth: auth,
      scope,
      claims: {
        name: read.text('nameClaim') ?? 'preferred_username',
        shown: read.text('shownClaim') ?? 'name',
        groups: read.text('groupsClaim') ?? 'groups',
      },
      label: read.text('label') ?? new URL(issuer).host,
      ...roleMap(read),
    };
  });

export const parseLdap = (value: unknown): LdapSettings | undefined =>
  parsed('ldap', value, (read) => {
    const url = read.text('url');
    const startTls = read.flag('startTls');
    if (url === undefined || !isServer(url)) throw read.wrong('url', 'like ldaps://directory.example');
    if (!startTls && !isPrivateAddress(url, 'ldaps:', 'ldap:'))
      throw read.wrong('url', 'ldaps, or come with "startTls": passwords must not travel in the clear');
    if (startTls && url.startsWith('ldaps:')) throw read.wrong('startTls', 'left out where the address is ldaps');
    const base = read.text('base');
    if (base === undefined) throw read.wrong('base', 'where people are, like ou=people,dc=example,dc=org');
    const groupBase = read.text('groupBase');
    const roles = roleMap(read);
    if (roles.groups.size > 0 && groupBase === undefined)
      throw read.wrong('groupBase', 'where the groups are that "groups" names: others may be anybody’s');
    return {
      url,
      startTls,
      caFile: read.text('caFile'),
      bindDn: read.text('bindDn'),
      bindPasswordFile: read.text('bindPasswordFile'),
      base,
      objectClass: read.text('objectClass') ?? 'person',
      name: read.text('name') ?? 'uid',
      shown: read.text('shown') ?? 'cn',
      id: read.text('id') ?? 'entryUUID',
      groupBase,
      groupName: read.text('groupName') ?? 'cn',
      member: read.text('member') ?? 'member',
      memberOf: read.text('memberOf'),
      first: read.flag('first'),
      label: read.text('label') ?? new URL(url).host,
      ...roles,
    };
  });

type Reader = {
  text(key: string): string | undefined;
  flag(key: string): boolean;
  raw(key: string): unknown;
  wrong(key: string, should: string): SettingError;
};

function parsed<T>(setting: string, value: unknown, build: (read: Reader) => T): T | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const known = new Set<string>();
  const wrong = (key: string, should: string): SettingError =>
    new SettingError(`"${setting}.${key}" should be ${should}.`);
  const raw = (key: string): unknown => {
    known.add(key);
    return Object.hasOwn(value, key) ? Reflect.get(value, key) : undefined;
  };
  const built = build({
    raw,
    wrong,
    text(key) {
      const text = raw(key);
      if (text === undefined) return undefined;
      if (typeof text !== 'string' || text.trim() === '' || /\p{Cc}/u.test(text)) throw wrong(key, 'a text');
      return text;
    },
    flag(key) {
      const flag = raw(key) ?? false;
      if (typeof flag !== 'boolean') throw wrong(key, 'true or false');
      return flag;
    },
  });
  // A key that means nothing is a door that somebody believes shut.
  const unknown = Object.keys(value).find((key) => !known.has(key));
  if (unknown !== undefined)
    throw new SettingError(`"${setting}.${unknown}" is not known. Known are ${[...known].sort().join(', ')}.`);
  return built;
}

function roleMap(read: Reader): RoleMap {
  const everybody = read.raw('role');
  const role = roleOf(everybody);
  if (everybody !== undefined && role === undefined) throw read.wrong('role', ROLES.join(', '));
  const wish = read.raw('groups') ?? {};
  if (typeof wish !== 'object' || wish === null || Array.isArray(wish))
    throw read.wrong('groups', 'an object of groups and their roles');
  const groups = Object.entries(wish).map(([group, value]) => {
    const mapped = roleOf(value);
    if (!mapped) throw read.wrong(`groups.${group}`, ROLES.join(', '));
    return [group, mapped] as const;
  });
  if (groups.length === 0 && role === undefined)
    throw read.wrong('groups', 'given, or "role" for everybody: else nobody may come in');
  return { groups: new Map(groups), role };
}

/** Over TLS, or within this machine. */
function isPrivateAddress(text: string, secure: string, plain: string): boolean {
  const url = URL.parse(text);
  if (url === null || `${url.username}${url.password}${url.search}${url.hash}` !== '') return false;
  if (url.protocol === secure) return url.hostname !== '';
  return url.protocol === plain && isThisHost(url.hostname);
}

function isServer(text: string): boolean {
  const url = URL.parse(text);
  return (
    (url?.protocol === 'ldap:' || url?.protocol === 'ldaps:') &&
    url.hostname !== '' &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' &&
    /^\/?$/.test(url.pathname)
  );
}
