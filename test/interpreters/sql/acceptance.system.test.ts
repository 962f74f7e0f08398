import { expect } from 'vitest';
import { acceptInterpreter } from '../acceptance.ts';
import { sqlProgram } from '../harness.ts';

acceptInterpreter('sql', sqlProgram, {
  value: { source: "select 'hello' as greeting", shows: 'hello' },
  stream: {
    source: 'select range as i, sqrt(range) as root from range(1000000000)',
    first: (driven, run) =>
      driven.event((event): event is typeof event => event.type === 'table' && event.run === run && event.open),
  },
  failing: { source: 'select 1;\nselect dely from range(1)', code: 'unknown-column', line: 2 },
  endless: 'select count(*) from range(10000000) a, range(10000000) b where a.range + b.range = -1',
  deaf: "select levenshtein(repeat('a', 300000), repeat('b', 300000))",
  flood: {
    source: Array.from({ length: 2000 }, (_, index) => `select ${index} as n;`).join('\n'),
    atLeast: ({ tables }) => expect(tables.length).toBe(2000),
  },
  hugeLine: "select repeat('x', 10000000) as long",
  remember: {
    source: "create or replace table kept as select 'kept value' as v",
    recall: 'from kept',
    shows: 'kept value',
  },
});
