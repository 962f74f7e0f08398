/** Starts the compiler's worker, and tells it the notebook's tables as they come and go. */
import { followTables, type TablesLine } from '../tables.ts';
import type { WorkerLike } from './analyst.ts';
import address from './worker.ts?prebuilt';

export function startWorker(live: TablesLine): WorkerLike {
  const worker = new Worker(address, { type: 'module', name: 'typescript' });
  const release = followTables(live, (tables) => {
    const known = tables.map(({ name, columns, rows }) => ({ name, columns, ...(rows === undefined ? {} : { rows }) }));
    worker.postMessage({ type: 'tables', tables: known });
  });
  const line: WorkerLike = {
    postMessage: (message) => worker.postMessage(message),
    terminate() {
      release();
      worker.terminate();
    },
    onmessage: null,
    onerror: null,
  };
  worker.onmessage = (event) => line.onmessage?.(event);
  worker.onerror = (event) => line.onerror?.(event);
  return line;
}
