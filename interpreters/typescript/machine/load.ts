/**
 * The realm's module, compiled into an isolate: one bundled file when this program is one, else file by file from the
 * sources, types stripped.
 */
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { fileURLToPath } from 'node:url';
import type ivm from 'isolated-vm';

export async function loadRealm(isolate: ivm.Isolate, context: ivm.Context): Promise<ivm.Module> {
  if (import.meta.url.endsWith('.ts')) return fromSources(isolate, context);
  const url = new URL('./realm/main.js', import.meta.url);
  const module = await isolate.compileModule(readFileSync(url, 'utf8'), { filename: FILE });
  await module.instantiate(context, (specifier) => {
    throw new Error(`The realm imports ${specifier}.`);
  });
  await module.evaluate();
  return module;
}

/** Frames of it are none of a paragraph. */
const FILE = 'gondola:realm';

async function fromSources(isolate: ivm.Isolate, context: ivm.Context): Promise<ivm.Module> {
  const modules = new Map<string, Promise<ivm.Module>>();
  const urls = new Map<ivm.Module, string>();
  const load = (url: string): Promise<ivm.Module> => {
    const known = modules.get(url);
    if (known) return known;
    const text = readFileSync(fileURLToPath(url), 'utf8');
    const code = url.endsWith('.ts') ? stripTypeScriptTypes(text) : text;
    const made = isolate.compileModule(code, { filename: `gondola:${url.slice(url.lastIndexOf('/') + 1)}` });
    modules.set(url, made);
    void made.then((module) => urls.set(module, url));
    return made;
  };
  const main = await load(new URL('../realm/main.ts', import.meta.url).href);
  await main.instantiate(context, (specifier, referrer) =>
    load(specifier.startsWith('.') ? new URL(specifier, urls.get(referrer)).href : import.meta.resolve(specifier)),
  );
  await main.evaluate();
  return main;
}
