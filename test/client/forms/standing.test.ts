import { describe, expect, test } from 'vitest';
import { withDefault } from '../../../client/forms/keep.ts';
import {
  searchWith,
  standingOf,
  type Typed,
  type,
  typedOfAddress,
  valuesForReport,
  valuesForRun,
} from '../../../client/forms/standing.ts';
import { uses } from '../../../client/forms/uses.ts';
import type { Json } from '../../../server/protocol/document.ts';
import { declare } from '../../../server/protocol/forms/declare.ts';
import type { Form } from '../../../server/protocol/forms.ts';

function form(name: string, declaration: Json): Form {
  const { form } = declare(name, declaration);
  if (!form) throw new Error(`no form ${name}`);
  return form;
}
const day = form('day', '2015-01-01');
const most = form('most', { type: 'number', default: 5, max: 10 });
const secret = form('secret', { type: 'password' });
const airport = form('airport', { options: ['SEA', 'JFK'] });
const none: Typed = new Map();

describe('what is typed', () => {
  test('what is no value is said, and the last that was one counts', () => {
    const typed = type(type(none, most, 7), most, 70);
    const standing = standingOf(most, typed.get('most'));
    expect(standing).toMatchObject({ raw: 70, value: 7, changed: true });
    expect(standing.refusal?.message).toMatch(/nothing above 10/);
  });

  test('the notebook’s own value is kept of nobody', () => {
    expect(type(type(none, most, 7), most, 5).size).toBe(0);
  });

  test('a declaration that changes reads anew what was typed', () => {
    const typed = type(none, most, 7).get('most');
    const narrower = form('most', { type: 'number', default: 2, max: 3 });
    expect(standingOf(narrower, typed)).toMatchObject({ value: 2, changed: false });
    expect(standingOf(narrower, typed).refusal).toBeDefined();
    expect(standingOf(form('most', 'text'), typed).value).toBe('text');
  });

  test('a run carries what differs alone, a password among it', () => {
    const typed = type(type(none, secret, 'hush'), airport, 'SEA');
    const standings = [day, most, secret, airport].map((one) => standingOf(one, typed.get(one.name)));
    expect(valuesForRun(standings)).toEqual({ secret: 'hush' });
    expect(valuesForRun([])).toBeUndefined();
    // That there is one is said, so that the report is of one's own runs.
    expect(valuesForReport(standings)).toEqual({});
    expect(valuesForReport([])).toBeUndefined();
  });
});

describe('the address', () => {
  const forms = [day, most, secret, airport];

  test('carries what differs, no password, and leaves its other words as they are', () => {
    const values = new Map<string, string | number>([
      ['day', '2015-02-01'],
      ['most', 5],
      ['secret', 'hush'],
    ]);
    expect(searchWith('?other=1&day=2014-01-01', forms, values)).toBe('?other=1&day=2015-02-01');
    expect(searchWith('?new', forms, new Map())).toBe('?new');
    expect(searchWith('?day=2015-02-01', forms, new Map())).toBe('');
  });

  test('what it says is read, refused or no form’s', () => {
    const typed = typedOfAddress(forms, new URLSearchParams('day=2015-03-01&most=99&secret=x&airport=JFK&what=1'));
    expect([...typed.keys()]).toEqual(['day', 'most', 'airport']);
    expect(standingOf(most, typed.get('most'))).toMatchObject({ value: 5, changed: false });
    expect(standingOf(most, typed.get('most')).refusal?.message).toMatch(/nothing above 10/);
  });
});

test('a default is written as the declaration was', () => {
  expect(withDefault(day, '2015-01-01', '2015-05-05')).toBe('2015-05-05');
  expect(withDefault(most, { type: 'number', default: 5, max: 10 }, 7)).toEqual({
    type: 'number',
    default: 7,
    max: 10,
  });
  const text = form('q', 'delay');
  expect(withDefault(text, 'delay', '2015-05-05')).toEqual({ type: 'text', default: '2015-05-05' });
});

test('a text uses a form by its name, as its language writes it', () => {
  const sql = (source: string) => uses({ interpreter: 'sql', source }, 'day');
  expect([
    sql('select $DAY'),
    sql('select ${day=2015-01-01}'),
    sql('select $day_from'),
    sql('select $days'),
    sql('day'),
  ]).toEqual([true, true, true, false, false]);
  expect(uses({ interpreter: 'typescript', source: 'forms.day' }, 'day')).toBe(true);
  expect(uses({ interpreter: 'typescript', source: 'const day = 1' }, 'day')).toBe(false);
  expect(uses({ interpreter: 'shell', source: 'echo "$day"' }, 'day')).toBe(true);
  expect(uses({ interpreter: 'markdown', source: 'On ${day}' }, 'day')).toBe(true);
});
