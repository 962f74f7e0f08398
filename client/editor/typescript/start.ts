import type { WorkerLike } from './analyst.ts';
import address from './worker.ts?prebuilt';

export const startWorker = (): WorkerLike => new Worker(address, { type: 'module', name: 'typescript' });
