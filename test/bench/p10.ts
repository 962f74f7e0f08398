/**
 * P10: server memory a socket: what the resident memory of its own grows by, garbage collected, from some clients on one notebook to
 * many, who joined and are quiet. Against Hocuspocus, and a bare `ws` server that keeps nothing: the difference to it is ours.
 * All three with one heap for all threads, as the server is started; with one for each, what they hold varies by half.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Measured, ROUNDS } from './figure.ts';
import { collectGarbage } from './load/heap.ts';
import { startPeople } from './load/load.ts';
import { type Served, serveGondola, servePeer } from './load/servers.ts';
import { memoryMB } from './load/usage.ts';

const FEW = 200;
const MANY = 2_200;
/** Ports of this benchmark alone. */
const INSPECT = { ours: 26_111, hocuspocus: 26_112, ws: 26_113 };
/** Pages that a process gives back go a moment later. */
const REST_MS = 500;

async function growth(serve: (execArgv: readonly string[]) => Promise<Served>, port: number): Promise<number> {
  const served = await serve([`--inspect=127.0.0.1:${port}`]);
  const held = async (): Promise<number> => {
    await sleep(REST_MS);
    await collectGarbage(port);
    await sleep(REST_MS);
    return memoryMB(served.target.pid).own;
  };
  const people = await startPeople(served.target);
  try {
    await people.join(0, FEW);
    const few = await held();
    await people.join(FEW, MANY - FEW);
    const many = await held();
    return ((many - few) * 1024) / (MANY - FEW);
  } finally {
    await people.end();
    await served.stop();
  }
}

export async function measure(): Promise<readonly Measured[]> {
  const ours: number[] = [];
  const peer: number[] = [];
  const bare: number[] = [];
  const servePeerOr = async (kind: 'hocuspocus' | 'ws', execArgv: readonly string[]): Promise<Served> => {
    const served = await servePeer(kind, 1, { execArgv });
    if (!served) throw new Error('Hocuspocus is not installed');
    return served;
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    ours.push(await growth((execArgv) => serveGondola(1, { execArgv }), INSPECT.ours));
    peer.push(await growth((execArgv) => servePeerOr('hocuspocus', execArgv), INSPECT.hocuspocus));
    bare.push(await growth((execArgv) => servePeerOr('ws', execArgv), INSPECT.ws));
  }
  return [
    {
      figure: 'P10',
      what: 'memory of the server for each of 2,000 clients on one notebook, who joined and are quiet',
      ours: { unit: 'KB', values: ours },
      reference: { name: 'Hocuspocus', unit: 'KB', values: peer },
      goal: { at: 'most', value: 0.5, of: 'ratio' },
    },
    {
      figure: 'P10 own',
      what: 'of that beyond a bare `ws` server’s',
      ours: { unit: 'KB', values: ours.map((value, round) => value - bare[round]!) },
      goal: { at: 'most', value: 2.5, of: 'ours' },
    },
  ];
}
