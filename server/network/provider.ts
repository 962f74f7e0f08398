/**
 * What a provider of sign-ins is asked, by the guarded request. Its address is the operator's word and may lie anywhere; the addresses
 * that its answers name are the provider's word, and lead no further inside than the provider itself was found: from a public
 * one to public addresses alone. In the clear only this machine is asked, and no answer sends us on.
 */
import { type Range, rangeOf } from './addresses.ts';
import { type Guard, type Rule, Unreached } from './guard.ts';
import { guardedRequest, type RequestOptions } from './request.ts';
import { authorityOf, type Place, parsePlace } from './target.ts';

/** What a provider says of itself, its keys, a token, claims: all are small. */
const MOST_BYTES = 1024 * 1024;
/** As long as the library waits: whoever signs in looks at an empty page meanwhile. */
const ANSWER_MS = 10_000;

/** As `fetch`, of what the library of OpenID asks. */
export type AskProvider = (
  url: string,
  asked: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<Response>;

/** Rejects with `Unreached`. Made anew for each look at what the provider says of itself. */
export function askProvider(
  address: string,
  guard: Guard,
  trusted: Pick<RequestOptions, 'authorities'> = {},
): AskProvider {
  const provider = parsePlace(address);
  let found: Range | undefined;
  return async (url, { method, headers, body, signal }) => {
    const answered = await guardedRequest(
      { url, method: method === 'POST' ? 'POST' : 'GET', headers: { ...headers, ...PLAIN }, ...sent(body) },
      {
        ...trusted,
        guard,
        ruleOf: (place) => provider && ruleAt(place, provider, found),
        withinMs: ANSWER_MS,
        mostBytes: MOST_BYTES,
        follows: false,
        ...(signal ? { signal } : {}),
      },
    );
    const at = parsePlace(url);
    if (at && provider && authorityOf(at) === authorityOf(provider)) found = rangeOf(answered.address);
    return responseOf(answered.status, answered.headers, answered.body);
  };
}

/** `found`: where the provider's own address led. Undefined: not to be asked. */
export function ruleAt(place: Place, provider: Place, found: Range | undefined): Rule | undefined {
  const here = isHere(place) && isHere(provider);
  if (!place.secure && (provider.secure || !here)) return undefined;
  if (here || authorityOf(place) === authorityOf(provider)) return { private: true, named: true };
  return { private: found !== undefined && found.realm !== 'public' };
}

/** By what is written, whatever a name server says. */
const isHere = ({ host }: Place): boolean => host === 'localhost' || rangeOf(host).what === 'this machine';

/** Nothing is unpacked. */
const PLAIN = { 'accept-encoding': 'identity' };

function sent(body: unknown): { readonly body?: string } {
  if (body === undefined || body === null) return {};
  if (typeof body === 'string' || body instanceof URLSearchParams) return { body: String(body) };
  throw new Unreached('refused', 'a provider is sent forms alone');
}

function responseOf(
  status: number,
  fields: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: Buffer,
): Response {
  const headers = Object.entries(fields).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] satisfies [string, string]] : [],
  );
  return new Response(body.length === 0 ? null : new Uint8Array(body), { status, headers });
}
