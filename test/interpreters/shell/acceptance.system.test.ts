import { expect } from 'vitest';
import { acceptInterpreter } from '../acceptance.ts';
import { shellProgram } from './shell.ts';

acceptInterpreter('shell', shellProgram, {
  value: { source: 'echo hello', shows: 'hello' },
  stream: {
    source: 'echo first; sleep 60; echo last',
    first: (driven) => new Promise((resolve) => driven.child.stdout?.once('data', resolve)),
  },
  failing: { source: 'echo well\nno-such-command --help\necho never', code: 'exit-code', line: 2 },
  endless: 'while true; do sleep 1; done',
  deaf: "trap '' INT TERM\nfor i in {1..200}; do sleep 1; done",
  flood: {
    source: 'seq 1 300000',
    atLeast: ({ stdout }) => expect(stdout.endsWith('\n299999\n300000\n')).toBe(true),
  },
  hugeLine: "head -c 20000000 /dev/zero | tr '\\0' x",
});
