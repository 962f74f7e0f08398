import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../server/protocol/document.ts';
import { type FrontForms, formsOf } from '../../../../server/protocol/forms/list.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';

const sql = (source: string, id = 'p') => ({ id: id as ParagraphId, interpreter: 'sql', source });
const prose = (source: string, id = 'm') => ({ id: id as ParagraphId, interpreter: 'markdown', source });
const front = (forms: Record<string, Json>): FrontForms => Object.entries(forms);
/** Without places. */
const declared = (source: string) => formsOf([], [sql(source)]).forms.map(({ place: _, ...form }) => form);
const codes = (forms: FrontForms, ...paragraphs: Parameters<typeof formsOf>[1][]) =>
  formsOf(
    forms,
    paragraphs.flatMap((list) => [...list]),
  ).problems.map(({ code, name }) => `${code} ${name}`);

describe('forms in place', () => {
  it.each([
    ['${q}', { name: 'q', type: 'text', default: '' }],
    ['${q=}', { name: 'q', type: 'text', default: '' }],
    ['${q=all of it}', { name: 'q', type: 'text', default: 'all of it' }],
    ["${q=O'Hare}", { name: 'q', type: 'text', default: "O'Hare" }],
    ['${q=a\\, b\\}}', { name: 'q', type: 'text', default: 'a, b}' }],
    ['${q(Search for)=x}', { name: 'q', type: 'text', label: 'Search for', default: 'x' }],
    ['${day=2015-01-01}', { name: 'day', type: 'date', default: '2015-01-01' }],
    ['${text:day=2015-01-01}', { name: 'day', type: 'text', default: '2015-01-01' }],
    ['${delay=15}', { name: 'delay', type: 'number', default: 15 }],
    ['${code=007}', { name: 'code', type: 'text', default: '007' }],
    ['${late=true}', { name: 'late', type: 'checkbox', default: true }],
    ['${checkbox:late}', { name: 'late', type: 'checkbox', default: false }],
    ['${password:key}', { name: 'key', type: 'password', default: '' }],
    ['${date:day}', { name: 'day', type: 'date', default: null }],
    ['${number:n=5,1|100}', { name: 'n', type: 'number', default: 5, min: 1, max: 100 }],
    ['${slider:n=5,0|120|5}', { name: 'n', type: 'slider', default: 5, min: 0, max: 120, step: 5 }],
    [
      '${range:period=2015-01-01|2015-01-31}',
      { name: 'period', type: 'date-range', default: { from: '2015-01-01', to: '2015-01-31' } },
    ],
    [
      '${airport=SEA,SEA(Seattle)|JFK(New York)}',
      {
        name: 'airport',
        type: 'select',
        default: 'SEA',
        options: [
          { value: 'SEA', label: 'Seattle' },
          { value: 'JFK', label: 'New York' },
        ],
      },
    ],
    [
      '${year=2008,2007|2008}',
      { name: 'year', type: 'select', default: 2008, options: [{ value: 2007 }, { value: 2008 }] },
    ],
    [
      '${checkbox:c=US|JP,US(United States)|JP|KR}',
      {
        name: 'c',
        type: 'multi-select',
        default: ['US', 'JP'],
        options: [{ value: 'US', label: 'United States' }, { value: 'JP' }, { value: 'KR' }],
      },
    ],
    [
      '${checkbox(or):c=US,US|JP}',
      { name: 'c', type: 'multi-select', default: ['US'], options: [{ value: 'US' }, { value: 'JP' }] },
    ],
    [
      '${code:by=asc,asc|desc}',
      { name: 'by', type: 'select', default: 'asc', options: [{ value: 'asc' }, { value: 'desc' }] },
    ],
  ])('reads %s', (source, form) => {
    expect(declared(`select ${source}`)).toEqual([form]);
  });

  it.each([
    '-- ${q=1}',
    '/* ${q=1} /* */ ${r=1} */',
    '"${q=1}"',
    '$$ ${q=1} $$',
    '$tag$ ${q=1} $tag$',
    "x'${q=1}'",
    "E'\\${q=1}'",
    '${}',
    '${1a=1}',
    '${q=\n1}',
    '${q=1',
    "'${q=1'}",
  ])('finds none in %j', (source) => {
    expect(declared(`select 1 ${source}`)).toEqual([]);
  });

  it('finds them inside texts, with quotes doubled there', () => {
    expect(declared("select '%${q=it''s}%', E'\\n${r=2}'").map(({ name, default: value }) => [name, value])).toEqual([
      ['q', "it's"],
      ['r', 2],
    ]);
  });

  it('leaves code spans, fences and escapes of prose alone, and takes a mention there for none', () => {
    const text = '${a=1} `${b=1}` \\${c=1} ``${d=1}` ${e=1}``\n\n```\n${f=1}\n```\n\n${g} ${h=2}';
    expect(formsOf([], [prose(text)]).forms.map(({ name }) => name)).toEqual(['a', 'h']);
  });

  it('leaves other languages alone', () => {
    const paragraphs = [{ id: 't' as ParagraphId, interpreter: 'typescript', source: 'const a = `${b}`' }];
    expect(formsOf([], paragraphs)).toEqual({ forms: [], problems: [] });
  });
});

describe('the list of forms', () => {
  it('has those of the front matter first, then those in place, each once', () => {
    const { forms, problems } = formsOf(front({ day: '2015-01-01', n: { type: 'number', min: 0 } }), [
      sql('select ${day}, ${late=true}, $n', 'a'),
      prose('${day=2015-01-01}', 'b'),
    ]);
    expect(forms.map(({ name, type, place }) => [name, type, place.in])).toEqual([
      ['day', 'date', 'front'],
      ['n', 'number', 'front'],
      ['late', 'checkbox', 'paragraph'],
    ]);
    expect(problems).toEqual([]);
  });

  it('takes a mention for a reference also where the declaration comes later, and to the ends of a range', () => {
    const { forms } = formsOf(
      [],
      [sql('select ${day}, ${p_from}'), sql('select ${day=2015-01-01} between ${range:p}')],
    );
    expect(forms.map(({ name, type }) => [name, type])).toEqual([
      ['day', 'date'],
      ['p', 'date-range'],
    ]);
  });

  it.each<[string, Record<string, Json>, string[]]>([
    ['an unknown type', { a: { type: 'colour' } }, ['form-type a']],
    [
      'a bad name',
      { 'a b': 1, token: 'x', constructor: 'x', __proto: 'x' },
      ['form-name a b', 'form-name token', 'form-name constructor', 'form-name __proto'],
    ],
    ['a property that such a form has not', { a: { type: 'text', min: 1 } }, ['form-key a']],
    ['a default of another type', { a: { type: 'number', default: 'x' } }, ['form-default a']],
    ['a default that is no option', { a: { options: ['x'], default: 'y' } }, ['form-default a']],
    ['a default out of bounds', { a: { type: 'slider', max: 5, default: 9 } }, ['form-default a']],
    ['a day that is none', { a: { type: 'date', default: '2015-02-29' } }, ['form-default a']],
    ['the default of a password', { a: { type: 'password', default: 'x' } }, ['form-default a']],
    ['no options', { a: { type: 'select' }, b: { options: [] } }, ['form-options a', 'form-options b']],
    ['an option twice', { a: { options: ['x', 'x', { label: 'y' }] } }, ['form-options a', 'form-options a']],
    [
      'ends the wrong way round',
      { a: { type: 'number', min: 2, max: 1 }, b: { type: 'slider', min: 3, max: 3 } },
      ['form-bounds a', 'form-bounds b'],
    ],
    ['names that differ by case', { day: '2015-01-01', Day: '2015-01-01' }, ['form-name Day']],
    ['a name that is the end of a range', { p: { type: 'date-range' }, p_to: 1 }, ['form-name p_to']],
  ])('names %s', (_, forms, expected) => {
    expect(codes(front(forms))).toEqual(expected);
  });

  it('names two declarations that disagree, with the place of the second', () => {
    const { forms, problems } = formsOf(front({ day: '2015-01-01' }), [sql('select ${day=2016-01-01}', 'x')]);
    expect(forms.map((form) => form.default)).toEqual(['2015-01-01']);
    expect(problems).toMatchObject([
      { code: 'form-disagrees', name: 'day', place: { in: 'paragraph', paragraph: 'x', start: 7, end: 24 } },
    ]);
  });

  it('ends at a hundred', () => {
    const many = front(Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`f${index}`, index])));
    expect(formsOf(many, []).forms.length).toBe(100);
    expect(codes(many)).toEqual(['too-many-forms f100']);
  });

  it('keeps a form whose default does not fit, with one of its own', () => {
    expect(formsOf(front({ a: { options: ['x', 'y'], default: 'z' } }), []).forms).toMatchObject([{ default: 'x' }]);
  });
});
