/**
 * Sign-in at an OpenID provider: the authorization code flow with PKCE, state and nonce. The library checks the answer, the
 * ID token and its signature; here is what it is asked, for how long, and what becomes of it. The library and what the
 * provider says of itself are loaded with the first sign-in. While it does not answer no browser is sent there, and nothing is
 * kept, so the next sign-in tries anew.
 */
import type * as Client from 'openid-client';
import type { Answer, ByVisit, Warn } from '../identity.ts';
import { type Claims, groupsIn, toldByClaims } from './claims.ts';
import { CALLBACK, type Pending, type Pendings } from './pending.ts';
import type { OidcSettings } from './settings.ts';

/** Somebody looks at an empty page meanwhile. */
const TIMEOUT_SECONDS = 10;
/** So long nobody is asked again whether the provider is there, before a browser is sent to it. */
const FRESH_MS = 60_000;
/** By the standard. */
const LONGEST_SUBJECT = 255;
/** Where one wants to go afterwards: longer than any address of ours. */
const LONGEST_TO = 2000;

export type OidcOptions = {
  readonly settings: OidcSettings;
  readonly secret: string | undefined;
  readonly pendings: Pendings;
  readonly now: () => number;
  readonly warn: Warn;
  /** What the provider is asked by, anew for each look at what it says of itself. */
  readonly ask: () => Client.CustomFetch;
};

const SILENT = 'the OpenID provider does not say how it is asked';

type Library = typeof Client;
type Provider = { readonly library: Library; readonly config: Client.Configuration; readonly at: number };

export function openOidc({ settings, secret, pendings, now, warn, ask }: OidcOptions): ByVisit {
  let known: Provider | undefined;
  let looking: Promise<Provider> | undefined;

  /** Rejects where the provider does not answer. */
  async function provider(): Promise<Provider> {
    if (known && now() - known.at < FRESH_MS && now() >= known.at) return known;
    looking ??= discover().finally(() => {
      looking = undefined;
    });
    known = await looking;
    return known;
  }

  const warnOf = (what: string, error: unknown): void => warn(what, { issuer: settings.issuer, ...detailsOf(error) });

  async function discover(): Promise<Provider> {
    const library = await import('openid-client');
    const issuer = new URL(settings.issuer);
    const config = await library.discovery(issuer, settings.clientId, {}, authentication(library), {
      timeout: TIMEOUT_SECONDS,
      execute: [
        library.enableNonRepudiationChecks,
        ...(issuer.protocol === 'http:' ? [library.allowInsecureRequests] : []),
      ],
      [library.customFetch]: ask(),
    });
    return { library, config, at: now() };
  }

  function authentication(library: Library): Client.ClientAuth {
    if (secret === undefined) return library.None();
    const [basic, post] = [library.ClientSecretBasic(secret), library.ClientSecretPost(secret)];
    return (server, client, body, headers) => {
      const takes = server.token_endpoint_auth_methods_supported;
      const wished = settings.clientAuth ?? (takes && !takes.includes('client_secret_basic') ? 'post' : 'basic');
      return (wished === 'basic' ? basic : post)(server, client, body, headers);
    };
  }

  async function answerTo(query: URLSearchParams, pending: Pending): Promise<Answer> {
    let asked: Provider;
    try {
      asked = known ?? (await provider());
    } catch (error) {
      warnOf(SILENT, error);
      return { result: 'away' };
    }
    const { library, config } = asked;
    try {
      const tokens = await library.authorizationCodeGrant(config, new URL(`${pending.redirect}?${query}`), {
        expectedState: pending.state,
        expectedNonce: pending.nonce,
        pkceCodeVerifier: pending.verifier,
        idTokenExpected: true,
      });
      const idToken = tokens.claims();
      if (!idToken || idToken.sub.length > LONGEST_SUBJECT) return { result: 'wrong' };
      const claims = await claimsOf(asked, tokens.access_token, idToken);
      const identity = { issuer: idToken.iss, subject: idToken.sub };
      return { result: 'told', told: toldByClaims(identity, claims, settings.claims, settings) };
    } catch (error) {
      warnOf('a sign-in by OpenID failed', error);
      return { result: isAway(error) ? 'away' : 'wrong' };
    }
  }

  /** Many providers keep groups and names out of the ID token; then they are asked for. */
  async function claimsOf({ library, config }: Provider, token: string, idToken: Client.IDToken): Promise<Claims> {
    const isWhole =
      groupsIn(idToken, settings.claims.groups) !== undefined && Object.hasOwn(idToken, settings.claims.name);
    if (isWhole || config.serverMetadata().userinfo_endpoint === undefined) return idToken;
    return { ...(await library.fetchUserInfo(config, token, idToken.sub)), ...idToken };
  }

  return {
    label: settings.label,
    async begin({ to, origin, browser, network }) {
      try {
        const { library, config } = await provider();
        const verifier = library.randomPKCECodeVerifier();
        const pending = {
          state: library.randomState(),
          nonce: library.randomNonce(),
          verifier,
          redirect: `${origin}${CALLBACK}`,
          to: to.length > LONGEST_TO ? '/' : to,
        };
        const url = library.buildAuthorizationUrl(config, {
          redirect_uri: pending.redirect,
          scope: settings.scope,
          state: pending.state,
          nonce: pending.nonce,
          code_challenge: await library.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        });
        return { result: 'go', url: url.href, browser: pendings.begin(pending, browser, network) };
      } catch (error) {
        warnOf(SILENT, error);
        return { result: 'away' };
      }
    },
    async end(query, browser) {
      const pending = pendings.end(query.get('state') ?? '', browser);
      if (!pending) return { answer: { result: 'wrong' }, to: '/' };
      return { answer: await answerTo(query, pending), to: pending.to };
    },
  };
}

/** Connections that failed and time that ran out, as what asks names them. */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const kind = 'kind' in error ? error.kind : undefined;
  return kind === 'unreachable' || kind === 'late' || isAway(error.cause);
}

/** Neither codes nor tokens: what the library quotes of an answer stands in causes, which are left out. */
function detailsOf(error: unknown): object {
  if (!(error instanceof Error)) return { error: 'unknown' };
  const told = (key: string): object => {
    const value: unknown = Reflect.get(error, key);
    return typeof value === 'string' ? { [key]: value.slice(0, 200) } : {};
  };
  const cause = error.cause instanceof Error ? { cause: error.cause.message.slice(0, 200) } : {};
  return {
    message: error.message.slice(0, 200),
    ...told('code'),
    ...told('error'),
    ...told('error_description'),
    ...cause,
  };
}
