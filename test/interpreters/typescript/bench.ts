/** Real sessions with TypeScript beside the engine, from the sources, in the sandbox where there is one. */
import { hostOf, resolveProgram } from '../../../server/programs.ts';
import { type Bench, openBench, type Ran, root } from '../../server/sessions/support.ts';

export type TypescriptBench = Bench & {
  ts(source: string, options?: Parameters<Bench['run']>[1]): Promise<Ran>;
};

export function openTypescript(options: Parameters<typeof openBench>[0] = {}): TypescriptBench {
  const bench = openBench({
    engine: 'sql',
    resolveProgram: (interpreter) => resolveProgram(root, interpreter),
    hostOf,
    ...options,
  });
  return Object.assign(bench, {
    ts: (source: string, given: Parameters<Bench['run']>[1] = {}) =>
      bench.run(source, { interpreter: 'typescript', ...given }),
  });
}

/** The code and message of a run that failed, or what it did instead. */
export const failureIn = ({ outcome }: Ran) => (outcome.state === 'failed' ? outcome.failure : outcome);
