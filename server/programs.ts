/**
 * Where the programs of the registry lie: bundled beside the built server, or as TypeScript files in development. Found from
 * this module's own place, so nothing assumes a checkout.
 */
import { join } from 'node:path';
import { findInterpreter, helpers, interpreters } from '../interpreters/registry.ts';
import { nodeProgram, type Program } from './sessions/program.ts';
import type { Languages } from './storage/format/base.ts';

const FLAGS = ['--no-warnings'];

/** `root`: where the package lies. Undefined for interpreters of the page, and for unknown ones. */
export function resolveProgram(root: string, interpreter: string, from = import.meta.url): Program | undefined {
  const program = findInterpreter(interpreter)?.program ?? helpers[interpreter];
  if (program?.kind === 'system') {
    const file = join(root, 'interpreters', program.main);
    return { command: program.command ?? file, args: program.command ? [file] : [], mounts: [] };
  }
  if (program?.kind === 'within') return resolveProgram(root, program.interpreter, from);
  if (program?.kind !== 'node') return undefined;
  const isSource = from.endsWith('.ts');
  const folder = isSource ? 'interpreters' : 'dist/interpreters';
  // Development runs the files as they are, which read constants of `server/protocol`.
  const folders = isSource ? [folder, 'server/protocol'] : [folder];
  return nodeProgram({
    node: process.execPath,
    root,
    entry: `${folder}/${program.main}.${isSource ? 'ts' : 'js'}`,
    folders: [...folders, ...program.packages.map((name) => `node_modules/${name}`)],
    flags: [...FLAGS, ...(program.flags ?? [])],
  });
}

/** The interpreter whose process runs this one. */
export function hostOf(interpreter: string): string {
  const program = findInterpreter(interpreter)?.program;
  return program?.kind === 'within' ? program.interpreter : interpreter;
}

/** First words of fences that are code paragraphs → the interpreter they mean. */
export const languages: Languages = Object.fromEntries(
  interpreters
    .filter(({ program }) => program.kind !== 'page')
    .flatMap(({ name, aliases }) => [name, ...aliases].map((word) => [word, name])),
);
