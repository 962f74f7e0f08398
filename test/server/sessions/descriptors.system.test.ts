import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node, root } from './support.ts';

describe.skipIf(process.platform !== 'linux')('a descriptor that the server inherited', () => {
  const run = (close: boolean): string => {
    const code = `
      const { closeInherited } = await import('${join(root, 'server/sessions/descriptors.ts')}');
      const { execFileSync } = await import('node:child_process');
      ${close ? 'closeInherited();' : ''}
      console.log(execFileSync('ls', ['/proc/self/fd'], { encoding: 'utf8' }).split('\\n').includes('251'));
    `;
    const script = 'exec 251</etc/passwd; exec "$0" --no-warnings --input-type=module -e "$1"';
    return execFileSync('bash', ['-c', script, node, code], { encoding: 'utf8' }).trim();
  };

  it('would reach its children, and does not once it is closed', () => {
    expect(run(false)).toBe('true');
    expect(run(true)).toBe('false');
  });
});
