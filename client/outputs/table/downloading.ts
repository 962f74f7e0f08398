/**
 * A download that is prepared first: asked for until the server has it whole, which tells how far it is and lets one give it
 * up. Then the browser takes it, with a length for its own progress and ranges to go on by where the connection breaks.
 * Asking is what keeps it going: whoever goes away ends it.
 */
import { asking } from '../../standing.ts';
import { failureOf } from './rows.ts';

export type Outcome =
  | { readonly is: 'ready'; readonly bytes: number }
  /** The server has no room to prepare it: it is sent as it is made. */
  | { readonly is: 'direct' }
  | { readonly is: 'failed'; readonly message: string | undefined }
  | { readonly is: 'cancelled' };

export type Step = { readonly fraction: number; readonly bytes: number };

/** A connection that is away for a moment: the server waits as long for the next question. */
const TRIES = 10;
const PAUSE_MS = 1_000;

export async function prepare(
  address: string,
  onStep: (step: Step) => void,
  signal: AbortSignal,
  { fetcher = fetch, pauseMs = PAUSE_MS }: { readonly fetcher?: typeof fetch; readonly pauseMs?: number } = {},
): Promise<Outcome> {
  for (let failures = 0; ; ) {
    const answer = await ask(address, signal, fetcher).catch(() => undefined);
    if (signal.aborted) return { is: 'cancelled' };
    if (!answer) {
      failures += 1;
      if (failures > TRIES) return { is: 'failed', message: undefined };
      await pause(pauseMs, signal);
      continue;
    }
    failures = 0;
    if ('message' in answer)
      return answer.code === 'not-prepared' ? { is: 'direct' } : { is: 'failed', message: answer.message };
    if (answer.ready) return { is: 'ready', bytes: answer.bytes };
    onStep(answer);
  }
}

type Told = Step & { readonly ready: boolean };

async function ask(
  address: string,
  signal: AbortSignal,
  fetcher: typeof fetch,
): Promise<Told | ReturnType<typeof failureOf>> {
  const response = await fetcher(address, { signal, ...asking() });
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return toldIn(body);
  return failureOf(response.status, body);
}

function toldIn(body: unknown): Told {
  const { ready, fraction, bytes }: Readonly<Record<string, unknown>> = { ...(typeof body === 'object' ? body : {}) };
  if (typeof ready !== 'boolean' || typeof fraction !== 'number' || typeof bytes !== 'number')
    throw new TypeError('no answer to a download');
  return { ready, fraction, bytes };
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });

/** As a click on a link does. */
export function saveFrom(href: string, name: string): void {
  const link = document.createElement('a');
  link.href = href;
  link.download = name;
  link.click();
}
