import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../server/protocol/document.ts';
import { addressOf, rawOf, valuesOfAddress } from '../../../../server/protocol/forms/address.ts';
import { formsOf } from '../../../../server/protocol/forms/list.ts';
import { fillProse } from '../../../../server/protocol/forms/prose.ts';
import { changedForms, readValue, readValues, sameValue } from '../../../../server/protocol/forms/read.ts';
import { formsDeclaration } from '../../../../server/protocol/forms/types.ts';
import { type Form, type FormValue, LONGEST_VALUE } from '../../../../server/protocol/forms.ts';

const one = (declaration: Json): Form => {
  const [form] = formsOf([['f', declaration]], []).forms;
  if (!form) throw new Error('no form');
  const { place: _, ...rest } = form;
  return rest as Form;
};

const text = one('x');
const number = one({ type: 'number', min: 0, max: 10, default: 5 });
const open = one({ type: 'number' });
const day = one({ type: 'date', default: '2015-01-01', min: '2015-01-01' });
const range = one({ type: 'date-range', max: '2015-12-31' });
const select = one({ options: ['SEA', 'JFK'], default: 'SEA' });
const year = one({ options: [2007, 2008] });
const several = one({ type: 'multi-select', options: ['a', 'b', ''] });
const asked = one({ type: 'select', options: { query: 'from airports' }, default: 'SEA' });
const flag = one(true);
const password = one({ type: 'password' });

describe('a value', () => {
  it.each<[Form, unknown, FormValue]>([
    [text, '${day} $x \'"; drop table', '${day} $x \'"; drop table'],
    [text, '', ''],
    [number, 0, 0],
    [number, -0, 0],
    [open, null, null],
    [day, '2016-02-29', '2016-02-29'],
    [range, { from: '2015-01-01', to: null }, { from: '2015-01-01', to: null }],
    [range, {}, { from: null, to: null }],
    [select, 'JFK', 'JFK'],
    [year, 2008, 2008],
    [several, ['', 'a'], ['', 'a']],
    [asked, 'anything', 'anything'],
    [flag, false, false],
    [password, 'geheim', 'geheim'],
  ])('%j takes %j', (form, raw, value) => {
    expect(readValue(form, raw)).toEqual({ value });
  });

  it.each<[Form, unknown, string]>([
    [text, 1, 'form-value'],
    [text, null, 'form-value'],
    [text, 'a\0b', 'form-value'],
    [text, '\ud800', 'form-value'],
    [text, 'x'.repeat(LONGEST_VALUE + 1), 'form-value'],
    [number, '5', 'form-value'],
    [number, Number.NaN, 'form-value'],
    [number, Number.POSITIVE_INFINITY, 'form-value'],
    [number, 11, 'form-value'],
    [number, null, 'form-value'],
    [day, '2015-02-29', 'form-value'],
    [day, '2015-1-1', 'form-value'],
    [day, '2014-12-31', 'form-value'],
    [day, "2015-01-01'; drop", 'form-value'],
    [range, { from: '2015-02-01', to: '2015-01-01' }, 'form-value'],
    [range, { from: '2016-01-01' }, 'form-value'],
    [range, { from: '2015-01-01', til: null }, 'form-value'],
    [range, ['2015-01-01', '2015-01-02'], 'form-value'],
    [select, 'LAX', 'form-option'],
    [select, 'sea', 'form-option'],
    [select, ['SEA'], 'form-value'],
    [year, '2008', 'form-option'],
    [several, 'a', 'form-value'],
    [several, ['a', 'a'], 'form-value'],
    [several, ['c'], 'form-option'],
    [asked, 1, 'form-value'],
    [asked, 'a\0', 'form-value'],
    [flag, 'true', 'form-value'],
    [flag, 1, 'form-value'],
    [password, 1, 'form-value'],
  ])('%j refuses %j', (form, raw, code) => {
    expect(readValue(form, raw)).toMatchObject({ code });
  });

  it('of all forms is what came, and the defaults of the others', () => {
    const { forms } = formsOf(
      [
        ['a', 1],
        ['b', 'x'],
      ],
      [],
    );
    const read = readValues(forms, { b: 'y' });
    if ('code' in read) throw new Error(read.message);
    expect([...read.values]).toEqual([
      ['a', 1],
      ['b', 'y'],
    ]);
    expect(changedForms(forms, read.values)).toEqual(['b']);
    expect(readValues(forms, { c: 1 })).toMatchObject({ code: 'unknown-form' });
    expect(readValues(forms, { constructor: 1 })).toMatchObject({ code: 'unknown-form' });
    expect(readValues(forms, { a: 'x' })).toMatchObject({ code: 'form-value' });
  });

  it('is the same whatever the order of a list', () => {
    expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameValue(['a', 'b'], ['a'])).toBe(false);
    expect(sameValue({ from: null, to: '2015-01-01' }, { from: null, to: '2015-01-01' })).toBe(true);
    expect(sameValue('1', 1)).toBe(false);
  });
});

describe('an address', () => {
  it.each<[Form, FormValue, string]>([
    [text, 'a b&c=d', 'f=a+b%26c%3Dd'],
    [text, '', 'f='],
    [number, 7, 'f=7'],
    [one({ type: 'number', default: null }), -0.5, 'f=-0.5'],
    [day, '2016-01-01', 'f=2016-01-01'],
    [range, { from: '2015-01-01', to: null }, 'f=2015-01-01..'],
    [select, 'JFK', 'f=JFK'],
    [year, 2008, 'f=2008'],
    [several, ['a', 'b'], 'f=a&f=b'],
    [several, [''], 'f='],
    [one({ type: 'multi-select', options: ['a'], default: ['a'] }), [], 'f='],
    [asked, '2008', 'f=2008'],
    [flag, false, 'f=false'],
  ])('%j carries %j there and back', (form, value, expected) => {
    const address = new URLSearchParams(addressOf([form], new Map([['f', value]])).map(([name, said]) => [name, said]));
    expect(address.toString()).toBe(expected);
    expect(valuesOfAddress([form], address)).toEqual({ values: new Map([['f', value]]), refused: [] });
  });

  it('carries neither what is the notebook’s own nor a password', () => {
    expect(addressOf([select], new Map([['f', 'SEA']]))).toEqual([]);
    expect(addressOf([password], new Map([['f', 'geheim']]))).toEqual([]);
    expect(valuesOfAddress([password], new URLSearchParams('f=x')).values.size).toBe(0);
  });

  it('refuses what is no value, and passes over what is no form', () => {
    expect(valuesOfAddress([number], new URLSearchParams('f=ten&g=1')).refused).toMatchObject([
      { name: 'f', code: 'form-value' },
    ]);
    expect(rawOf(flag, ['maybe'])).toBe('maybe');
    expect(readValue(range, rawOf(range, ['2015-01-01'])).valueOf()).toMatchObject({ code: 'form-value' });
  });
});

describe('prose', () => {
  it('shows values as text, and what names no form as it is', () => {
    const form = { ...text, name: 'q' } as Form;
    const filled = fillProse('**${q}** ${other} `${q}`', [form], new Map([['q', '<b>*x*\n# y ${q}']]));
    expect(filled).toBe('**&#60;b&#62;&#42;x&#42;&#10;&#35;&#32;y&#32;&#36;&#123;q&#125;** ${other} `${q}`');
  });

  it('shows the labels of options, and never a password', () => {
    const airport = { ...one({ options: [{ value: 'SEA', label: 'Seattle' }] }), name: 'a' } as Form;
    expect(fillProse('${a}', [airport], new Map([['a', 'SEA']]))).toBe('Seattle');
    expect(fillProse('${f}', [password], new Map([['f', 'geheim']]))).not.toContain('geheim');
  });
});

it('TypeScript is told the types, with options as literals', () => {
  const { forms } = formsOf(
    [
      ['day', '2015-01-01'],
      ['airport', { options: ['SEA', 'it"s'], label: 'Airport */ x' }],
      ['n', { type: 'number' }],
    ],
    [],
  );
  expect(formsDeclaration(forms)).toBe(
    [
      'declare const forms: {',
      '  /** day: date */',
      '  readonly day: Date;',
      '  /** Airport * / x: select */',
      '  readonly airport: "SEA" | "it\\"s";',
      '  /** n: number */',
      '  readonly n: number | null;',
      '};',
      '',
    ].join('\n'),
  );
});
