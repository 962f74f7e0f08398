/**
 * Jupyter as the peer of some figures: `python3 -m venv test/.cache/jupyter && test/.cache/jupyter/bin/pip install jupyterlab`
 * puts it where it is looked for. Without it those figures leave the peer out.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export function jupyterProgram(name: 'jupyter' | 'python'): string | undefined {
  const path = join(import.meta.dirname, '..', '.cache', 'jupyter', 'bin', name);
  return existsSync(path) ? path : undefined;
}
