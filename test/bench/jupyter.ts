/**
 * Jupyter as the peer of some figures: `python3 -m venv test/.cache/jupyter && test/.cache/jupyter/bin/pip install jupyterlab`
 * puts it where it is looked for. Without it those figures leave the peer out.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { WebSocket } from 'ws';

export function jupyterProgram(name: 'jupyter' | 'python'): string | undefined {
  const path = join(import.meta.dirname, '..', '.cache', 'jupyter', 'bin', name);
  return existsSync(path) ? path : undefined;
}

const TOKEN = 'bench';

/** Sends small frames at once, as every interactive socket should: the patch that Jupyter lacks. */
const NO_DELAY = `
from jupyter_server.services.kernels.websocket import KernelWebsocketHandler as Handler
_open = Handler.open
async def open(self, *args, **kwargs):
    self.set_nodelay(True)
    return await _open(self, *args, **kwargs)
Handler.open = open
`;

export type Jupyter = { readonly origin: string; close(): Promise<void> };

/** Undefined where Jupyter is not installed. */
export async function startJupyter(port: number, options: { readonly noDelay: boolean }): Promise<Jupyter | undefined> {
  const program = jupyterProgram('jupyter');
  if (!program) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'gondola-jupyter-'));
  const config = join(folder, 'config.py');
  writeFileSync(config, options.noDelay ? NO_DELAY : '');
  writeFileSync(join(folder, 'bench.ipynb'), JSON.stringify(notebook));
  const args = [
    'lab',
    '--allow-root',
    '--no-browser',
    `--config=${config}`,
    `--port=${port}`,
    `--ServerApp.root_dir=${folder}`,
    `--IdentityProvider.token=${TOKEN}`,
  ];
  const child: ChildProcess = spawn(program, args, {
    stdio: 'ignore',
    env: { ...process.env, JUPYTER_CONFIG_DIR: folder },
  });
  const gone = once(child, 'exit');
  const origin = `http://127.0.0.1:${port}`;
  await answering(`${origin}/api/status?token=${TOKEN}`, child);
  return {
    origin,
    async close() {
      child.kill('SIGTERM');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const notebook = {
  cells: [{ cell_type: 'code', execution_count: null, id: 'a', metadata: {}, outputs: [], source: '1' }],
  metadata: { kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' } },
  nbformat: 4,
  nbformat_minor: 5,
};

async function answering(url: string, child: ChildProcess): Promise<void> {
  while (child.exitCode === null) {
    try {
      if ((await fetch(url)).ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('Jupyter did not start.');
}

/** Key press → the value in the DOM, in milliseconds, `rounds` times, in a real JupyterLab page. */
export async function jupyterKeyToDom(jupyter: Jupyter, browser: Browser, rounds: number): Promise<readonly number[]> {
  const page = await browser.newPage();
  await page.addInitScript(noteEnter);
  await page.goto(`${jupyter.origin}/lab/tree/bench.ipynb?token=${TOKEN}`);
  const input = page.locator('.jp-Notebook .jp-CodeCell .cm-content').first();
  await input.waitFor({ timeout: 90_000 });
  await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor({ timeout: 90_000 });
  await untilItRuns(page, input);
  const times: number[] = [];
  for (let round = 0; round < rounds + 3; round += 1) {
    const value = String(1_000 + round);
    await input.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.type(value);
    const time = await timeToText(page, '.jp-CodeCell .jp-OutputArea-output pre', value);
    await page.keyboard.press('Control+Enter');
    const ms = await time();
    if (round >= 3) times.push(ms);
  }
  await page.close();
  return times;
}

/** A run asked for before the page has its kernel's socket is dropped without a word: ask until one answers. */
async function untilItRuns(page: Page, input: Locator): Promise<void> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    await input.click();
    await page.keyboard.press('Control+Enter');
    const output = page.locator('.jp-CodeCell .jp-OutputArea-output pre');
    if (
      await output.waitFor({ timeout: 1_000 }).then(
        () => true,
        () => false,
      )
    )
      return;
  }
  throw new Error('JupyterLab ran nothing.');
}

type Pressed = { pressedAt?: number };

/** To be run in a page before its own scripts, which may keep key presses to themselves. */
export const noteEnter = (): void => {
  addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Enter') (globalThis as Pressed).pressedAt = performance.now();
    },
    true,
  );
};

/** From the next Enter to the moment an element matching `selector` has one of `texts`. Resolves once it is watching. */
export async function timeToText(
  page: Page,
  selector: string,
  ...texts: readonly string[]
): Promise<() => Promise<number>> {
  const result = await page.evaluateHandle(
    ({ selector, texts }) => {
      (globalThis as Pressed).pressedAt = undefined as never;
      const done = new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          const started = (globalThis as Pressed).pressedAt;
          if (started === undefined) return;
          for (const element of document.querySelectorAll(selector)) {
            if (!texts.includes(element.textContent?.trim() ?? '')) continue;
            observer.disconnect();
            resolve(performance.now() - started);
            return;
          }
        });
        observer.observe(document, { childList: true, subtree: true, characterData: true });
      });
      return { done };
    },
    { selector, texts },
  );
  return () => result.evaluate(({ done }) => done);
}

/** `execute_request` → its result on the bare kernel socket, without any page. */
export async function jupyterSocketTimes(jupyter: Jupyter, rounds: number): Promise<readonly number[]> {
  const headers = { authorization: `token ${TOKEN}`, 'content-type': 'application/json' };
  const made = await fetch(`${jupyter.origin}/api/kernels`, { method: 'POST', headers, body: '{"name":"python3"}' });
  const { id } = (await made.json()) as { id: string };
  const socket = new WebSocket(`${jupyter.origin.replace('http', 'ws')}/api/kernels/${id}/channels?token=${TOKEN}`);
  await once(socket, 'open');
  const times: number[] = [];
  for (let round = 0; round < rounds + 5; round += 1) {
    const ms = await execute(socket, String(round));
    if (round >= 5) times.push(ms);
  }
  socket.close();
  await fetch(`${jupyter.origin}/api/kernels/${id}`, { method: 'DELETE', headers });
  return times;
}

async function execute(socket: WebSocket, code: string): Promise<number> {
  const id = randomUUID();
  const message = {
    header: {
      msg_id: id,
      username: 'bench',
      session: 'bench',
      msg_type: 'execute_request',
      version: '5.4',
      date: new Date().toISOString(),
    },
    parent_header: {},
    metadata: {},
    content: {
      code,
      silent: false,
      store_history: false,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: true,
    },
    channel: 'shell',
    buffers: [],
  };
  const started = performance.now();
  const result = new Promise<number>((resolve) => {
    const listener = (data: Buffer): void => {
      const { msg_type, parent_header } = JSON.parse(data.toString()) as {
        msg_type: string;
        parent_header: { msg_id?: string };
      };
      if (msg_type !== 'execute_result' || parent_header.msg_id !== id) return;
      socket.off('message', listener);
      resolve(performance.now() - started);
    };
    socket.on('message', listener);
  });
  const idle = new Promise<void>((resolve) => {
    const listener = (data: Buffer): void => {
      const message = JSON.parse(data.toString()) as {
        msg_type: string;
        parent_header: { msg_id?: string };
        content: { execution_state?: string };
      };
      if (
        message.msg_type !== 'status' ||
        message.parent_header.msg_id !== id ||
        message.content.execution_state !== 'idle'
      )
        return;
      socket.off('message', listener);
      resolve();
    };
    socket.on('message', listener);
  });
  socket.send(JSON.stringify(message));
  const ms = await result;
  await idle;
  return ms;
}
