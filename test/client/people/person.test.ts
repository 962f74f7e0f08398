import { expect, test } from 'vitest';
import { cleanName, initials, newPerson, readAccount, readPerson } from '../../../client/people/person.ts';
import { parsePresent, peopleOf } from '../../../client/people/presence.ts';

const stored = (value: string | null) => ({ getItem: () => value });

test('a person comes back as kept, and damage is nobody', () => {
  const ada = newPerson('Ada');
  expect(readPerson(stored(JSON.stringify(ada)))).toEqual(ada);
  for (const value of [null, '', '{', '3', '{"id":"x"}', '{"id":"X!","name":"a"}', '{"id":"x","name":" "}']) {
    expect(readPerson(stored(value)), String(value)).toBeUndefined();
  }
});

test('a name is one line of at most eighty letters, and keeps its colour', () => {
  expect(cleanName('  Ada \n Lovelace ')).toBe('Ada Lovelace');
  expect(cleanName('x'.repeat(200))).toHaveLength(80);
  expect(newPerson('Ada').color).toBe(newPerson('Ada').color);
});

test('initials are of the first and last word, and one letter of Korean', () => {
  expect(initials('Ada Lovelace')).toBe('AL');
  expect(initials('ada')).toBe('A');
  expect(initials('게스트')).toBe('게');
  expect(initials('김 철수')).toBe('김');
});

test('presence from other pages is parsed, not trusted', () => {
  for (const state of [undefined, null, 3, {}, { person: {} }, { person: { id: '<b>', name: 'x' } }]) {
    expect(parsePresent(state, false)).toBeUndefined();
  }
  expect(parsePresent({ person: { id: 'x', name: 'X' }, color: 1e9, paragraph: '../' }, false)).toMatchObject({
    color: 0,
    paragraph: undefined,
  });
});

test('two tabs of one person are one, and oneself comes last', () => {
  const state = (id: string, name: string, paragraph?: string) => ({ person: { id, name }, color: 1, paragraph });
  const states = new Map<number, unknown>([
    [1, state('a', 'Zoe')],
    [2, state('b', 'Ada')],
    [3, state('a', 'Zoe', 'p')],
    [4, 'garbage'],
  ]);
  expect(peopleOf(states, 2).map((one) => [one.name, one.paragraph, one.self])).toEqual([
    ['Zoe', 'p', false],
    ['Ada', undefined, true],
  ]);
});

test('an account comes from the cookie of this port, and what is none is nobody', () => {
  const cookies = 'gondola-4321-person=abc.Zo%C3%AB; gondola-9-person=other.Else; theme=dark';
  expect(readAccount(cookies, '4321')).toMatchObject({ id: 'abc', name: 'Zoë' });
  for (const value of ['', 'gondola-4321-person=', 'gondola-4321-person=abc', 'gondola-4321-person=abc.%zz'])
    expect(readAccount(value, '4321')).toBeUndefined();
});
