import { join } from 'node:path';
import { expect } from 'vitest';
import { acceptInterpreter } from './acceptance.ts';

/** Perl is part of Debian's base system and of macOS. */
acceptInterpreter(
  'echo in Perl',
  { command: 'perl', args: [join(import.meta.dirname, '../fixtures/interpreters/echo.pl')] },
  {
    value: { source: 'say hello', shows: 'hello' },
    stream: {
      source: 'value first\nsleep 30',
      first: (driven, run) =>
        driven.event((event): event is typeof event => event.type === 'output' && event.run === run),
    },
    failing: { source: 'say hello\nfail It is refused.', code: 'refused', line: 2 },
    endless: 'sleep 300',
    deaf: 'hang',
    flood: {
      source: 'flood 20000000',
      atLeast: ({ stdout }) => expect(stdout.length).toBeGreaterThanOrEqual(20_000_000),
    },
    hugeLine: 'line 10000000',
  },
);
