/**
 * The one way out of the server to a host that somebody else names: the name is resolved once, every address that it has is
 * checked, and the connection goes to a checked address, so that no second answer of a name server counts. `judge` is the
 * decision; `openGuard` performs it. What a rule does not open stays closed.
 */
import { connect, isIP, type Socket } from 'node:net';
import { type Range, rangeOf } from './addresses.ts';
import { authorityOf, type Target } from './target.ts';

/** What may be reached beside public addresses. `named`: the operator wrote this very address. */
export type Rule = { readonly private?: boolean; readonly named?: boolean };

export const PUBLIC_ONLY: Rule = {};

export type Verdict =
  | { readonly kind: 'connect'; readonly addresses: readonly string[] }
  | { readonly kind: 'refused'; readonly why: string };

/** Why nothing was reached, in words for who asked. `refused`: it may not be. */
export class Unreached extends Error {
  readonly kind: 'refused' | 'unreachable' | 'late';
  constructor(kind: Unreached['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

export type Lookup = (host: string) => Promise<readonly string[]>;
export type Dial = (address: string, port: number) => Socket;

/** A connection, and the checked address that it leads to. */
export type Reached = { readonly socket: Socket; readonly address: string };

export interface Guard {
  /** Rejects with `Unreached`. The caller ends the socket. */
  dial(target: Target, rule: Rule, signal?: AbortSignal): Promise<Reached>;
}

/** Resolvers try twice after 5 s; who waits longer gets nothing better. */
const RESOLVE_MS = 6_000;
const CONNECT_MS = 10_000;
/** A name with more is none that anybody runs; each address is checked. */
const MOST_ADDRESSES = 64;
/** Tried one after the other. */
const TRIED_ADDRESSES = 4;
/** A lookup holds one of four threads, which also write what people type; one is left for guards that ask for few names. */
const MOST_LOOKUPS = 2;

/** One address that may not be reached refuses the name: a name server mixes them to be let in. */
export function judge(target: Target, addresses: readonly string[], rule: Rule): Verdict {
  if (addresses.length === 0) return { kind: 'refused', why: `${target.host} has no address` };
  if (addresses.length > MOST_ADDRESSES) return { kind: 'refused', why: `${target.host} has too many addresses` };
  for (const address of addresses) {
    const range = rangeOf(address);
    if (!opens(rule, range)) return { kind: 'refused', why: `${target.host} is no public address (${range.what})` };
  }
  return { kind: 'connect', addresses };
}

function opens(rule: Rule, { realm }: Range): boolean {
  switch (realm) {
    case 'public':
      return true;
    case 'private':
      return rule.private === true || rule.named === true;
    case 'local':
      return rule.named === true;
    case 'never':
      return false;
  }
}

/** `lookups`: how many at one time. */
export function openGuard(options: {
  readonly lookup: Lookup;
  readonly dial?: Dial;
  readonly lookups?: number;
}): Guard {
  const dial = options.dial ?? ((host, port) => connect({ host, port }));
  const resolve = bounded(options.lookup, options.lookups ?? MOST_LOOKUPS);
  return {
    async dial(target, rule, signal) {
      const addresses = isIP(target.host) === 0 ? await within(resolve(target.host), target, signal) : [target.host];
      const verdict = judge(target, addresses, rule);
      if (verdict.kind === 'refused') throw new Unreached('refused', verdict.why);
      const until = performance.now() + CONNECT_MS;
      let fault = new Unreached('unreachable', `${authorityOf(target)} could not be reached`);
      const tried = verdict.addresses.slice(0, TRIED_ADDRESSES);
      for (const [index, address] of tried.entries()) {
        const left = until - performance.now();
        if (left <= 0 || signal?.aborted) break;
        // One that is silent, as IPv6 often is, leaves time for the others.
        const share = left / (tried.length - index);
        const reached = await connected(dial(address, target.port), share, signal);
        if (!(reached instanceof Unreached)) return { socket: reached, address };
        fault = new Unreached(reached.kind, `${authorityOf(target)} ${reached.message}`);
      }
      throw fault;
    },
  };
}

function connected(socket: Socket, ms: number, signal: AbortSignal | undefined): Promise<Socket | Unreached> {
  return new Promise((resolve) => {
    const settle = (outcome: Socket | Unreached): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.removeListener('connect', done);
      socket.removeListener('error', failed);
      if (outcome instanceof Unreached) {
        socket.on('error', () => undefined);
        socket.destroy();
      }
      resolve(outcome);
    };
    const done = (): void => settle(socket);
    const failed = (error: Error): void =>
      settle(new Unreached('unreachable', `could not be reached (${codeOf(error)})`));
    const abort = (): void => settle(new Unreached('late', 'was given up'));
    const timer = setTimeout(() => settle(new Unreached('late', 'did not answer in time')), ms);
    signal?.addEventListener('abort', abort, { once: true });
    socket.once('connect', done);
    socket.once('error', failed);
  });
}

async function within(
  resolving: Promise<readonly string[]>,
  target: Target,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const ended = signal ? AbortSignal.any([signal, AbortSignal.timeout(RESOLVE_MS)]) : AbortSignal.timeout(RESOLVE_MS);
  const late = Promise.withResolvers<never>();
  const abort = (): void => late.reject(new Unreached('late', `the name ${target.host} was not resolved in time`));
  ended.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([resolving, late.promise]);
  } catch (error) {
    if (error instanceof Unreached) throw error;
    throw new Unreached('unreachable', `the name ${target.host} is not known (${codeOf(error)})`);
  } finally {
    ended.removeEventListener('abort', abort);
  }
}

/** Few lookups at a time, and one for all that ask for the same name meanwhile. */
function bounded(lookup: Lookup, most: number): Lookup {
  const underway = new Map<string, Promise<readonly string[]>>();
  const waiting: (() => void)[] = [];
  let busy = 0;
  async function turn(host: string): Promise<readonly string[]> {
    if (busy >= most) await new Promise<void>((next) => waiting.push(next));
    else busy += 1;
    try {
      return await lookup(host);
    } finally {
      underway.delete(host);
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  }
  return (host) => {
    const known = underway.get(host) ?? turn(host);
    underway.set(host, known);
    return known;
  };
}

const codeOf = (error: unknown): string =>
  error instanceof Error ? ('code' in error ? String(error.code) : error.message) : String(error);
