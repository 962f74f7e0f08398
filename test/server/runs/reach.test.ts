import { describe, expect, it } from 'vitest';
import type { Json, Paragraph } from '../../../server/protocol/document.ts';
import { formsOf } from '../../../server/protocol/forms/list.ts';
import type { FormValue } from '../../../server/protocol/forms.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { fill } from '../../../server/runs/inputs.ts';
import { reachOf } from '../../../server/runs/reach.ts';

const id = (text: string) => text as ParagraphId;
/** `a delays sql: select 1`: id, name (`-` for none), interpreter, source. */
function notebook(...lines: string[]): Paragraph[] {
  return lines.map((line) => {
    const [, key = '', name = '-', interpreter = '', source = ''] = /^(\S+) (\S+) (\S+): ([\s\S]*)$/.exec(line) ?? [];
    return { id: id(key), interpreter, source, options: {}, ...(name === '-' ? {} : { name }) };
  });
}
const FRONT: [string, Json][] = [
  ['day', '2015-01-01'],
  ['n', 1],
  ['p', { type: 'date-range' }],
  ['key', { type: 'password' }],
];

type Given = {
  readonly values?: Readonly<Record<string, FormValue>>;
  readonly asked?: string;
  /** Paragraphs that ran here with these values; by default all as they are. */
  readonly here?: Readonly<Record<string, Readonly<Record<string, FormValue>>>>;
  readonly held?: string;
  readonly may?: (paragraph: string) => boolean;
};

function reach(paragraphs: Paragraph[], given: Given = {}): string {
  const { forms } = formsOf(FRONT, paragraphs);
  const { values } = fill(forms, given.values);
  const here = new Map(
    Object.entries(given.here ?? {}).map(([paragraph, old]) => {
      const source = paragraphs.find((one) => one.id === paragraph)?.source ?? '';
      const phase = { state: 'done', started: 1, ended: 2 } as const;
      return [id(paragraph), { source, forms: fill(forms, old).recorded, phase }];
    }),
  );
  const held = new Set((given.held ?? '').split(' '));
  const reached = reachOf({
    ...{ paragraphs, forms, values, here },
    may: given.may ?? (() => true),
    isHeld: (paragraph) => held.has(paragraph),
    ...(given.asked === undefined ? {} : { asked: new Set(given.asked.split(' ').map(id)) }),
  });
  return paragraphs
    .filter((one) => reached.has(one.id))
    .map((one) => one.id)
    .join(' ');
}

const SALES = notebook(
  'raw raw sql: from sales',
  'late late sql: from raw where d > $day',
  'sum - sql: select count(*) from late',
  'other - sql: select $n',
  'ts - typescript: late.filter((row) => row.x > 1)',
);
const other = { day: '2016-01-01' };

describe('other values', () => {
  it('run what mentions the form and what reads its results, and nothing else', () => {
    expect(reach(SALES, { values: other, held: 'raw late' })).toBe('late sum ts');
    expect(reach(SALES, { values: { n: 2 }, held: 'raw late' })).toBe('other');
  });

  it('run what they need that nobody ran yet', () => {
    expect(reach(SALES, { values: other })).toBe('raw late sum ts');
  });

  it('are asked of one paragraph with what it reads, unless that ran here with them', () => {
    expect(reach(SALES, { values: other, held: 'raw late', asked: 'sum' })).toBe('late sum');
    expect(reach(SALES, { values: other, held: 'raw late', asked: 'sum', here: { late: other } })).toBe('sum');
    expect(reach(SALES, { values: other, held: 'raw late', asked: 'sum', here: { late: {} } })).toBe('late sum');
    expect(reach(SALES, { values: { n: 2 }, held: 'raw late', asked: 'sum' })).toBe('sum');
  });

  it('given back, run again what ran here with others', () => {
    expect(reach(SALES, { held: 'raw late', asked: 'sum', here: { late: other } })).toBe('late sum');
    expect(reach(SALES, { held: 'raw late' })).toBe('raw late sum other ts');
  });

  it('run a text again that was edited meanwhile', () => {
    const here = { late: other };
    const edited = SALES.map((one) => (one.id === 'late' ? { ...one, source: `${one.source} ` } : one));
    expect(reach(SALES, { values: other, held: 'raw late', asked: 'sum', here })).toBe('sum');
    const forms = formsOf(FRONT, SALES).forms;
    const run = {
      source: SALES[1]!.source,
      forms: fill(forms, other).recorded,
      phase: { state: 'done', started: 1, ended: 2 } as const,
    };
    const reached = reachOf({
      paragraphs: edited,
      forms,
      values: fill(forms, other).values,
      asked: new Set([id('sum')]),
      may: () => true,
      here: new Map([[id('late'), run]]),
      isHeld: () => true,
    });
    expect([...reached].sort()).toEqual(['late', 'sum']);
  });

  it('run also what the asker may not ask for, where what they ask for needs it', () => {
    const may = (paragraph: string) => paragraph === 'sum';
    expect(reach(SALES, { values: other, held: 'raw late', may })).toBe('late sum');
  });

  it('of a password are never known from before', () => {
    const paragraphs = notebook('a a sql: select $key', 'b - sql: from a');
    expect(reach(paragraphs, { values: { key: 'x' }, asked: 'b', here: { a: { key: 'x' } } })).toBe('a b');
  });
});

describe('where the text does not tell', () => {
  it('all that follows a statement which changes the session may read it', () => {
    const paragraphs = notebook(
      'a - sql: select 1',
      'b - sql: create or replace table t as select $day',
      'c - sql: select 2',
      'd - typescript: sql`from t`',
    );
    expect(reach(paragraphs, { values: other })).toBe('b c d');
  });

  it('variables are read by all later paragraphs of their language, and those before are needed', () => {
    const paragraphs = notebook(
      'a - typescript: const x = 1',
      'b - sql: select 1',
      'c - typescript: const y = x + forms.day.getTime()',
      'd - typescript: y',
      'e - sql: select 2',
    );
    expect(reach(paragraphs, { values: other })).toBe('a c d');
    expect(reach(paragraphs, { values: { n: 2 }, asked: 'd' })).toBe('a c d');
    expect(reach(paragraphs, { values: { n: 2 } })).toBe('');
    expect(reach(paragraphs, { values: other, here: { a: {} }, asked: 'c' })).toBe('c');
  });

  it('a shell that depends on a form may have written what anybody reads', () => {
    const paragraphs = notebook(
      'a - shell: make data',
      'b - sql: select 1',
      'c - shell: echo $day > x',
      'd - sql: select 2',
    );
    expect(reach(paragraphs, { values: other })).toBe('a c d');
    expect(reach(paragraphs, { values: { n: 2 }, asked: 'd' })).toBe('d');
  });

  it.each([
    ['sql', 'select ${day=2015-01-01}', true],
    ['sql', "select '${day}'", true],
    ['sql', 'select $DAY', true],
    ['sql', 'select $p_from', false],
    ['sql', 'select today', false],
    ['typescript', 'forms.day', true],
    ['typescript', 'forms?.day', true],
    ['typescript', 'forms.n', false],
    ['typescript', 'const { n } = forms', true],
    ['typescript', "forms['day']", true],
    ['typescript', "import { f } from './f.ts'", true],
    ['shell', 'echo "${day}"', true],
    ['shell', 'python3 -c "import os; print(os.environ[\'day\'])"', true],
    ['shell', 'echo today', false],
    ['vega-lite', '{"data": {"name": "day"}}', false],
  ])('%s: %s mentions it: %s', (interpreter, source, mentions) => {
    const paragraphs = [{ id: id('a'), interpreter, source, options: {} }];
    expect(reach(paragraphs, { values: other })).toBe(mentions ? 'a' : '');
  });

  it('an end of a range is the range', () => {
    const values = { p: { from: '2015-01-01', to: null } };
    expect(reach(notebook('a - sql: select $p_from', 'b - shell: echo $p_to', 'c - sql: select 1'), { values })).toBe(
      'a b c',
    );
  });
});

it('two thousand paragraphs are looked through in a moment', () => {
  const paragraphs = Array.from({ length: 2000 }, (_, index) => ({
    id: id(`p${index}`),
    interpreter: index % 2 ? 'sql' : 'typescript',
    source: `select * from t${index - 1} where d > $day -- ${'x '.repeat(100)}`,
    name: `t${index}`,
    options: {},
  }));
  const began = performance.now();
  reach(paragraphs, { values: other });
  expect(performance.now() - began).toBeLessThan(5000);
});
