/** A person with a browser on a server: opens addresses as the owner, with a name already given. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { ServerProcess } from './server.ts';

export type Visitor = { readonly page: Page; readonly problems: readonly string[]; close(): Promise<void> };

export type VisitOptions = {
  readonly name?: string;
  /** Own path of the server. */
  readonly to?: string;
  readonly context?: BrowserContextOptions;
  /** How long the page may take for each thing asked of it, in ms. */
  readonly patience?: number;
  /** Runs in the page before its own scripts. */
  readonly before?: () => void;
};

/** `problems` gathers what went wrong in the page: uncaught errors, errors on its console, violations of its policy. */
export async function visit(
  browser: Browser,
  server: Pick<ServerProcess, 'origin' | 'token'>,
  options: VisitOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options.context });
  const { name } = options;
  if (name !== undefined) {
    const id = `p-${[...name].map((letter) => letter.codePointAt(0)!.toString(36)).join('')}`.slice(0, 32);
    await context.addInitScript(
      // Frames of an opaque origin run it too, and have no storage.
      (person) => (self === top ? localStorage.setItem('gondola.person', person) : undefined),
      JSON.stringify({ id, name, color: name.length % 8 }),
    );
  }
  if (options.before) await context.addInitScript(options.before);
  const page = await context.newPage();
  page.setDefaultTimeout(options.patience ?? 10_000);
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await page.goto(`${server.origin}/?token=${server.token}&to=${encodeURIComponent(options.to ?? '/')}`);
  return { page, problems, close: () => context.close() };
}

/** The id of the notebook at `path`, from the list. */
export async function notebookAt(server: ServerProcess, path: string): Promise<string> {
  const { body } = await server.call('GET', 'notebooks?limit=1000');
  const found = (body as { items: { id: string; path: string }[] }).items.find((item) => item.path === path);
  if (!found) throw new Error(`There is no notebook at ${path}: ${JSON.stringify(body)}`);
  return found.id;
}
