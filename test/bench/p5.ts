/**
 * P5: the first run of a cold interpreter, and of one started ahead because somebody opened the notebook. The time is the
 * server's own, from the request to the end of the run, over HTTP.
 */
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { makeWorkspace, type ServerProcess, startServer } from '../support/server.ts';
import type { Measured } from './figure.ts';

const ROUNDS = 7;

async function firstRun(server: ServerProcess, notebook: string): Promise<number> {
  const started = performance.now();
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=30`, {});
  const ms = performance.now() - started;
  const { runs } = body as { runs: { state: string }[] };
  if (runs[0]?.state !== 'done') throw new Error(`The run was not done: ${JSON.stringify(body)}`);
  return ms;
}

/** Opens the notebook as a page does, and resolves when its engine waits idle. */
async function open(server: ServerProcess, notebook: string): Promise<WebSocket> {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/api/v1/notebooks/${notebook}/live`, {
    headers: { authorization: `Bearer ${server.token}`, origin: server.origin },
  });
  const idle = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      if (data[0] !== 8) return;
      const message = JSON.parse(data.subarray(1).toString()) as { type: string; session?: { state: string } };
      if (message.type === 'session' && message.session?.state === 'idle') resolve();
    });
  });
  await once(socket, 'open');
  const hello = { type: 'hello', protocol: 1, person: { id: 'bench', name: 'Bench' }, client: 7 };
  socket.send(Buffer.concat([Buffer.from([8]), Buffer.from(JSON.stringify(hello))]));
  await idle;
  return socket;
}

/** A paragraph of each language, another for each notebook, and what a figure is called by. */
const LANGUAGES: readonly {
  readonly fence: string;
  readonly suffix: string;
  readonly title: string;
  readonly source: (index: number) => string;
}[] = [
  { fence: 'sql', suffix: '', title: 'SQL', source: (index) => `select ${index} as n` },
  {
    fence: 'typescript',
    suffix: ' typescript',
    title: 'TypeScript',
    source: (index) => `const n: number = ${index}; n`,
  },
  { fence: 'shell', suffix: ' shell', title: 'shell', source: (index) => `echo ${index}` },
];

/** Other processes than the engine's may still be about to start when it is idle; nobody presses a key sooner. */
const SETTLE_MS = 500;

async function measureLanguage(language: (typeof LANGUAGES)[number]): Promise<readonly Measured[]> {
  const files = Object.fromEntries(
    Array.from({ length: ROUNDS * 2 + 2 }, (_, index) => [
      `n${index}.nb.md`,
      `# ${index}\n\n\`\`\`${language.fence}\n${language.source(index)}\n\`\`\`\n`,
    ]),
  );
  const workspace = makeWorkspace(files);
  const server = await startServer(workspace.path);
  const cold: number[] = [];
  const ahead: number[] = [];
  try {
    const { body } = await server.call('GET', 'notebooks');
    const ids = (body as { items: { id: string }[] }).items.map(({ id }) => id);
    await firstRun(server, ids.pop()!);
    for (let round = 0; round < ROUNDS; round += 1) {
      const next = ids.pop()!;
      await server.call('GET', `notebooks/${next}`);
      cold.push(await firstRun(server, next));
      await server.call('DELETE', `notebooks/${next}/session`);
      const opened = ids.pop()!;
      const socket = await open(server, opened);
      await setTimeout(SETTLE_MS);
      ahead.push(await firstRun(server, opened));
      socket.close();
      await server.call('DELETE', `notebooks/${opened}/session`);
    }
    return [
      {
        figure: `P5 cold${language.suffix}`,
        what: `first run of a cold ${language.title} interpreter, request to end`,
        ours: { unit: 'ms', values: cold },
        reference: { name: 'ipykernel start', unit: 'ms', values: [600, 940], recorded: true },
        goal: { at: 'most', value: 150, of: 'ours' },
      },
      {
        figure: `P5 ahead${language.suffix}`,
        what: `first run of one started ahead, ${language.title}, request to end`,
        ours: { unit: 'ms', values: ahead },
        goal: { at: 'most', value: 15, of: 'ours' },
      },
    ];
  } finally {
    await server.stop();
    workspace.remove();
  }
}

export async function measure(): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const language of LANGUAGES) measured.push(...(await measureLanguage(language)));
  return measured;
}
