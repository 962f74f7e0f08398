/**
 * A real Chromium for the tests: the system's if there is one, else the one that `@sparticuz/chromium` ships.
 */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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
  const system = process.env.GONDOLA_TEST_CHROMIUM === 'shipped' ? undefined : SYSTEM.find((path) => existsSync(path));
  if (system) return chromium.launch({ executablePath: system, args: QUIET });
  const shipped = (await import('@sparticuz/chromium')).default;
  return chromium.launch({ executablePath: await shipped.executablePath(), args: QUIET });
}
