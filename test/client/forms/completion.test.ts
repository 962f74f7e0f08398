import { expect, test } from 'vitest';
import { formsAt } from '../../../client/forms/completion.ts';
import { formsOf } from '../../../server/protocol/forms/list.ts';

const { forms } = formsOf(
  [
    ['day', { label: '날', default: '2015-01-01' }],
    ['airport', { options: ['SEA'] }],
    ['when', { type: 'date-range' }],
  ],
  [],
);
const at = (interpreter: string, marked: string) =>
  formsAt(interpreter, marked.replace('|', ''), marked.indexOf('|'), forms)?.map(({ label, start }) => [label, start]);

test('forms stand behind a dollar, those of a range by its two ends', () => {
  expect(at('sql', 'select $|')).toEqual([
    ['day', 8],
    ['airport', 8],
    ['when', 8],
    ['when_from', 8],
    ['when_to', 8],
  ]);
  expect(at('sql', 'select $DA| from x')).toEqual([['day', 8]]);
  expect(at('shell', 'echo "${whe|')).toEqual([
    ['when_from', 8],
    ['when_to', 8],
  ]);
});

test('elsewhere the session is asked', () => {
  expect(at('sql', 'select da|')).toBeUndefined();
  expect(at('typescript', 'const $da|')).toBeUndefined();
});
