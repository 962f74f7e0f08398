/**
 * The log of an API gateway for one day, as JSON lines, made from a seed: the same bytes each time. Clients that got no
 * answer in time call again with the same content; most of all during an incident of the payment service. Those repeats
 * are planted and counted, so that whoever looks for them can know whether all were found, and nothing else: calls that
 * come a millisecond too late, or that differ in a digit or the method, are planted beside them.
 *
 * A repeat: a call with method, path and body of an earlier one that is at most `WITHIN_MS` older. By construction no
 * other two calls have the same content in that time.
 */
import { type Call, callsFrom } from './calls.ts';
import { timesOfDay, timestamps } from './day.ts';
import { type Random, randomFrom } from './random.ts';

export const WITHIN_MS = 200;
export const SEED = 20_260_302;
const DAY = '2026-03-02';

/** Payments hang from 14:07 to 14:21. */
const INCIDENT = { from: (14 * 60 + 7) * 60_000, to: (14 * 60 + 21) * 60_000 } as const;
/** The monitor asks this often at most, so that its calls, all the same, are seconds apart. */
const HEALTH_CALLS = 20_000;

export type Expected = {
  readonly rows: number;
  readonly seed: number;
  readonly within_ms: number;
  /** Calls that repeat one before them. */
  readonly repeats: number;
  /** Calls that were repeated, once or more. */
  readonly repeated_calls: number;
  readonly by_endpoint: Readonly<Record<string, number>>;
  /** Planted, and no repeats. */
  readonly near_misses: { readonly too_late: number; readonly other_content: number; readonly other_method: number };
};

export type ApiLog = {
  /** Some lines at a time, until all rows are made. */
  readonly chunks: Iterable<string>;
  /** True once the chunks are all taken. */
  expected(): Expected;
};

type Line = { readonly ms: number; readonly text: string };

/** Characters of a chunk: enough for a good write, little to hold. */
const CHUNK = 256 * 1024;

export function apiLog({ rows, seed = SEED }: { readonly rows: number; readonly seed?: number }): ApiLog {
  const random = randomFrom(seed);
  const calls = callsFrom(random);
  const timeOf = timesOfDay(rows, random);
  const stampOf = timestamps(DAY);
  const healthEvery = Math.max(50, Math.ceil(rows / HEALTH_CALLS));
  const byEndpoint = new Map<string, number>();
  const near = { too_late: 0, other_content: 0, other_method: 0 };
  let repeats = 0;
  let repeatedCalls = 0;
  let left = rows;
  /** Lines that come after the one being made, by time. */
  const later: Line[] = [];

  const lineOf = (call: Call, ms: number): Line => {
    left -= 1;
    return { ms, text: textOf(call, ms, random) };
  };
  const plan = (call: Call, ms: number): void => {
    const line = lineOf(call, ms);
    let at = later.length;
    while (at > 0 && later[at - 1]!.ms > ms) at -= 1;
    later.splice(at, 0, line);
  };

  /** The same content again, within the time. */
  function repeat(call: Call, ms: number): void {
    const times = Math.min(left, 1 + random.below(random.below(4) === 0 ? 4 : 1));
    if (times === 0) return;
    let at = ms;
    for (let time = 0; time < times; time += 1) {
      // Some at the very edge, some in the same millisecond: a double click, a proxy that sends twice.
      const edge = random.below(20);
      at += edge === 0 ? WITHIN_MS : edge === 1 ? 0 : 20 + random.below(WITHIN_MS - 20);
      plan(call, at);
    }
    repeats += times;
    repeatedCalls += 1;
    byEndpoint.set(call.endpoint, (byEndpoint.get(call.endpoint) ?? 0) + times);
  }

  function miss(call: Call, ms: number): void {
    if (left === 0) return;
    switch (random.below(3)) {
      case 0:
        plan(call, ms + WITHIN_MS + 1 + (random.below(2) === 0 ? 0 : random.below(600)));
        near.too_late += 1;
        return;
      case 1:
        plan(calls.other(call), ms + 10 + random.below(150));
        near.other_content += 1;
        return;
      default:
        plan({ ...call, method: call.method === 'PATCH' ? 'PUT' : 'PATCH' }, ms + 10 + random.below(150));
        near.other_method += 1;
    }
  }

  function* lines(): Iterable<Line> {
    for (let slot = 0; left > 0; slot += 1) {
      // What was planned takes rows too: the day ends where they are used up.
      const ms = timeOf(rows - left);
      while (later.length > 0 && later[0]!.ms <= ms) yield later.shift()!;
      if (slot % healthEvery === healthEvery - 1) {
        yield lineOf(calls.health(), ms);
        continue;
      }
      const inIncident = ms >= INCIDENT.from && ms < INCIDENT.to;
      const call = calls.next(inIncident && random.below(4) === 0 ? 'payment' : undefined);
      yield lineOf(call, ms);
      const hangs = inIncident && call.path === '/v1/payments';
      const chance = random.below(1000);
      if (chance < (hangs ? 400 : 6)) repeat(call, ms);
      else if (chance > 994) miss(call, ms);
    }
    yield* later;
  }

  function* chunks(): Iterable<string> {
    let chunk = '';
    for (const { ms, text } of lines()) {
      chunk += `{"ts":"${stampOf(ms)}",${text}\n`;
      if (chunk.length > CHUNK) {
        yield chunk;
        chunk = '';
      }
    }
    if (chunk !== '') yield chunk;
  }

  return {
    chunks: { [Symbol.iterator]: () => chunks()[Symbol.iterator]() },
    expected: () => ({
      rows,
      seed,
      within_ms: WITHIN_MS,
      repeats,
      repeated_calls: repeatedCalls,
      by_endpoint: Object.fromEntries([...byEndpoint].sort(([a], [b]) => (a < b ? -1 : 1))),
      near_misses: near,
    }),
  };
}

/** The line behind its time. */
function textOf({ method, path, body, client, agent }: Call, ms: number, random: Random): string {
  const slow = path === '/v1/payments' && ms >= INCIDENT.from && ms < INCIDENT.to;
  // A long tail: now and then ten times as long.
  const latency = slow ? 1800 + random.below(8000) : (4 + random.below(60)) * (random.below(40) === 0 ? 10 : 1);
  const status = statusOf(method, path, slow, random.below(100));
  return `"method":"${method}","path":"${path}","status":${status},"latency_ms":${latency},"client":"${client}","user_agent":"${agent}","trace":"${random.hex(32)}","body":${body}}`;
}

function statusOf(method: string, path: string, slow: boolean, chance: number): number {
  if (slow) return chance < 70 ? 504 : 201;
  if (!path.startsWith('/v1/')) return 404;
  if (chance === 0) return 500;
  if (chance === 1) return 429;
  if (chance === 2) return 400;
  return method === 'POST' ? 201 : 200;
}
