/** Asks the engine as the server does for a run of another program. */
import type { EngineMethod, EngineMethods, Event, Failure, NamedTable } from '../../../interpreters/protocol.ts';
import type { Driven } from '../harness.ts';

type Answer = Extract<Event, { type: 'answer' }>;

export type Asking = {
  ask<M extends EngineMethod>(
    method: M,
    params: EngineMethods[M]['params'],
    tables?: readonly NamedTable[],
  ): Promise<EngineMethods[M]['result']>;
  /** The failure of a call that has to fail, whatever it is called and brings. */
  refused(method: string, params: unknown, tables?: readonly NamedTable[]): Promise<Failure>;
  cancel(): void;
  release(): void;
};

let lastCall = 1_000_000;

export function asking(driven: Driven, run = 'asker'): Asking {
  const call = async (method: string, params: unknown, tables: readonly NamedTable[] = []): Promise<Answer> => {
    lastCall += 1;
    const number = lastCall;
    driven.send({ type: 'ask', call: number, run, method, params, tables });
    return driven.event((event): event is Answer => event.type === 'answer' && event.call === number);
  };
  return {
    async ask<M extends EngineMethod>(
      method: M,
      params: EngineMethods[M]['params'],
      tables?: readonly NamedTable[],
    ): Promise<EngineMethods[M]['result']> {
      const { result, error } = await call(method, params, tables);
      if (error) throw new Error(`${error.code}: ${error.message} ${error.detail ?? ''}`);
      return result as EngineMethods[M]['result'];
    },
    async refused(method, params, tables) {
      const { error } = await call(method, params, tables);
      if (!error) throw new Error(`${method} did not fail`);
      return error;
    },
    cancel: () => driven.send({ type: 'cancel', run }),
    release: () => driven.send({ type: 'release', run }),
  };
}
