/**
 * Node's stripper of types. It is a program in WebAssembly of 2.8 MB, which is loaded with its first text: 33 ms, a third of
 * it for checking functions that no text calls. They are checked when they are called instead; a paragraph's own
 * WebAssembly is compiled at other times, and wholly checked.
 */
import { stripTypeScriptTypes } from 'node:module';

/** Throws what Node's throws. */
export function stripTypes(source: string): string {
  // Loaded with the first text too.
  const { setFlagsFromString } = process.getBuiltinModule('node:v8');
  setFlagsFromString('--wasm-lazy-validation');
  try {
    return stripTypeScriptTypes(source);
  } finally {
    setFlagsFromString('--no-wasm-lazy-validation');
  }
}
