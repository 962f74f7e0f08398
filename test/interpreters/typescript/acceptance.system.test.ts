import { expect } from 'vitest';
import type { Event } from '../../../interpreters/protocol.ts';
import { acceptInterpreter } from '../acceptance.ts';
import { typescriptProgram } from './program.ts';

type Output = Extract<Event, { type: 'output' }>;

acceptInterpreter('typescript', typescriptProgram, {
  value: { source: 'const answer: number = 6 * 7;\nanswer', shows: '42' },
  stream: {
    source: "console.log('first');\nawait new Promise((done) => setTimeout(done, 5_000));\nconsole.log('last')",
    first: (driven, run) => driven.event((event): event is Output => event.type === 'output' && event.run === run),
  },
  failing: { source: "const a = 1;\nthrow new Error('no')", code: 'thrown', line: 2 },
  endless: 'for (;;) {}',
  deaf: 'Array(1e9).fill(0)',
  flood: {
    source: 'for (let i = 0; i < 100_000; i++) console.log(`line ${i}`)',
    atLeast: ({ values }) => {
      expect(values.split('\n').length).toBe(100_001);
      expect(values).toContain('line 99999\n');
    },
  },
  hugeLine: "'x'.repeat(10_000_000)",
});
