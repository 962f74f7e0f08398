/** A browser without a page, and an OpenID provider to sign in at. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Person = {
  readonly sub: string;
  readonly password: string;
  readonly claims: Readonly<Record<string, unknown>>;
};

export type OpenId = {
  readonly origin: string;
  know(people: Readonly<Record<string, Person>>): Promise<void>;
  stop(): Promise<void>;
};

/** `issuer`: what it calls itself, where that is not its own address. */
export async function startOpenId(issuer = '', port = 0): Promise<OpenId> {
  const folder = mkdtempSync(join(tmpdir(), 'gondola-openid-'));
  const log = join(folder, 'log');
  const program = join(import.meta.dirname, 'provider.js');
  // To a file: a pipe that nobody reads would hold it up.
  const child = spawn(process.execPath, [program, issuer, String(port)], {
    stdio: ['ignore', 'pipe', openSync(log, 'w')],
  });
  let out = '';
  const said = new Promise<void>((resolve, reject) => {
    child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.includes('\n')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`the provider ended with ${code}: ${readFileSync(log, 'utf8')}`)));
  });
  await said;
  const origin = out.trim();
  return {
    origin,
    async know(people) {
      await fetch(`${origin}/people`, { method: 'POST', body: JSON.stringify(people) });
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Cookies by host and port: as if each were a host of its own, so that the tests see which cookies are whose. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();

  jar(url: string | URL): Map<string, string> {
    const { origin } = new URL(url);
    const jar = this.#jars.get(origin) ?? new Map<string, string>();
    this.#jars.set(origin, jar);
    return jar;
  }

  async go(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const jar = this.jar(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...(cookie === '' ? {} : { cookie }), ...(init.headers as Record<string, string> | undefined) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';', 1);
      const at = pair.indexOf('=');
      const isOver = /expires=thu, 01 jan 1970|max-age=0/i.test(line);
      if (isOver) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}

/**
 * From our own button to the address that the provider sends the browser back to, which is not opened. Without a name the
 * provider must know the browser from before.
 */
export async function visit(browser: Browser, start: string, name?: string): Promise<URL> {
  const begun = await browser.go(start);
  const location = begun.headers.get('location');
  if (location === null) throw new Error(`${start} answered ${begun.status}: ${await begun.text()}`);
  return visitFrom(browser, location, new URL(start).origin, name);
}

/** The same, from the provider's own address. */
export async function visitFrom(browser: Browser, url: string, home: string, name?: string): Promise<URL> {
  let at = new URL(url);
  for (let hops = 0; hops < 10; hops += 1) {
    let response = await browser.go(at);
    if (response.status === 200) {
      const action = /action="([^"]+)"/.exec(await response.text())?.[1];
      if (action === undefined || name === undefined) throw new Error('the provider asks for a name');
      const body = new URLSearchParams({ name, password: `pw-${name}` });
      response = await browser.go(new URL(action, at), { method: 'POST', body });
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${at.pathname} answered ${response.status}: ${await response.text()}`);
    at = new URL(location, at);
    if (at.origin === home) return at;
  }
  throw new Error('the provider leads nowhere');
}
