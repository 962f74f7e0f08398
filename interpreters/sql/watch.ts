/** What goes on beside a query: telling how far it is, and interrupting it when its run is cancelled. */
import duckdb, { type Connection } from '@duckdb/node-bindings';
import type { RunContext } from '../runner.ts';

/** An interrupt that falls between two calls is lost: it is repeated until the work has ended. */
const INTERRUPT_MS = 20;
const PROGRESS_MS = 100;

/** Tells of `run` what the connection works on and the rows so far; returns the end of it. */
export function reportProgress(
  connection: Connection,
  run: string,
  context: RunContext,
  rows: () => number,
): () => void {
  const timer = setInterval(() => {
    const { percentage } = duckdb.query_progress(connection);
    const count = rows();
    const fraction = percentage >= 0 ? { fraction: Math.min(1, percentage / 100) } : {};
    if (percentage < 0 && count === 0) return;
    context.emit({ type: 'progress', run, ...fraction, ...(count > 0 ? { rows: count } : {}) });
  }, PROGRESS_MS);
  return () => clearInterval(timer);
}

/** Interrupts the connections from the abort on, until what it returns is called. */
export function interruptOnAbort(signal: AbortSignal, connections: readonly Connection[]): () => void {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    for (const connection of connections) duckdb.interrupt(connection);
  };
  const begin = (): void => {
    interrupt();
    timer = setInterval(interrupt, INTERRUPT_MS);
  };
  if (signal.aborted) begin();
  else signal.addEventListener('abort', begin, { once: true });
  return () => {
    clearInterval(timer);
    signal.removeEventListener('abort', begin);
  };
}
