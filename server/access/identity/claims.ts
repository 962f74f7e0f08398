/** What an OpenID provider claims about somebody, in our terms. Claims come from outside: each is looked at before it is used. */
import type { Told } from '../identity.ts';
import { type RoleMap, roleFor } from './roles.ts';

export type Claims = Readonly<Record<string, unknown>>;

export type ClaimNames = {
  readonly name: string;
  readonly shown: string;
  /** Also a path with dots, as `realm_access.roles`. */
  readonly groups: string;
};

/** `issuer` and `subject` are those of the ID token, which was checked. */
export function toldByClaims(
  identity: { readonly issuer: string; readonly subject: string },
  claims: Claims,
  names: ClaimNames,
  map: RoleMap,
): Told {
  const text = (name: string): readonly string[] => {
    const value = claimAt(claims, name);
    return typeof value === 'string' && value.trim() !== '' ? [value] : [];
  };
  const groups = groupsIn(claims, names.groups) ?? [];
  const [shown] = text(names.shown);
  return {
    identity: { by: 'oidc', ...identity },
    names: [...text(names.name), ...text('email'), ...text(names.shown), identity.subject],
    ...(shown === undefined ? {} : { shown }),
    groups,
    role: roleFor(groups, map),
  };
}

/** Undefined where the claim is absent: it may stand elsewhere. */
export function groupsIn(claims: Claims, name: string): readonly string[] | undefined {
  const value = claimAt(claims, name);
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((group) => typeof group === 'string') : undefined;
}

/** The claim of that very name, else along its dots: names that are addresses have dots of their own. */
function claimAt(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let at: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Reflect.get(at, part);
  }
  return at;
}
