/**
 * A real Chromium for the tests: the system's if there is one, else the one that `@sparticuz/chromium` ships.
 */
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await executable(), args: QUIET });
}

/** A browser of one person with what it keeps in `folder`: closed and launched again it is the same one restarted. */
export async function launchProfile(folder: string, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: await executable(), args: QUIET, ...options });
}

async function executable(): Promise<string> {
  const system = process.env.GONDOLA_TEST_CHROMIUM === 'shipped' ? undefined : SYSTEM.find((path) => existsSync(path));
  if (system) return system;
  const shipped = (await import('@sparticuz/chromium')).default;
  return shipped.executablePath();
}
