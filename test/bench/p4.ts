/**
 * P4: run all of 200 trivial SQL paragraphs, against a bare loop over a child process with the same engine: one JSON
 * line to it and one back for each query.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { makeWorkspace, root, type ServerProcess, startServer } from '../support/server.ts';
import { interleave, type Measured } from './figure.ts';

const PARAGRAPHS = 200;

const text = (round: number): string =>
  `# Many\n${Array.from({ length: PARAGRAPHS }, (_, index) => `\n\`\`\`sql\nselect ${index} + ${round} as n\n\`\`\`\n`).join('')}`;

async function ours(server: ServerProcess, notebook: string): Promise<number> {
  const started = performance.now();
  const { body } = await server.call('POST', `notebooks/${notebook}/runs?wait=60`, {});
  const ms = performance.now() - started;
  const { runs } = body as { runs: { state: string }[] };
  if (runs.length !== PARAGRAPHS || runs.some((run) => run.state !== 'done'))
    throw new Error(`Not all were done: ${JSON.stringify(body)}`);
  return (PARAGRAPHS / ms) * 1000;
}

async function openLoop(): Promise<{ run(): Promise<number>; close(): Promise<void> }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'programs', 'loop.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    cwd: root,
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (sql: string): Promise<void> => {
    child.stdin.write(`${JSON.stringify({ sql })}\n`);
    await lines.next();
  };
  await ask('select 0');
  return {
    async run() {
      const started = performance.now();
      for (let index = 0; index < PARAGRAPHS; index += 1) await ask(`select ${index} as n`);
      return (PARAGRAPHS / (performance.now() - started)) * 1000;
    },
    async close() {
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

export async function measure(): Promise<readonly Measured[]> {
  const workspace = makeWorkspace({ 'many.nb.md': text(0) });
  const server = await startServer(workspace.path);
  const loop = await openLoop();
  try {
    const { body } = await server.call('GET', 'notebooks');
    const notebook = (body as { items: { id: string }[] }).items[0]!.id;
    const rate = await interleave(() => ours(server, notebook), loop.run, 7);
    const both = {
      what: `run all of ${PARAGRAPHS} trivial SQL paragraphs`,
      ours: { unit: '1/s' as const, values: rate.ours },
    };
    return [
      {
        figure: 'P4',
        ...both,
        goal: { at: 'least', value: 400, of: 'ours' },
        note: 'Jupyter 102/s, Zeppelin 10/s, recorded',
      },
      {
        figure: 'P4 loop',
        ...both,
        reference: { name: 'bare loop over a child process', unit: '1/s', values: rate.reference },
        goal: { at: 'least', value: 0.3, of: 'ratio' },
      },
    ];
  } finally {
    await loop.close();
    await server.stop();
    workspace.remove();
  }
}
