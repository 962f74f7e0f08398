import { expect, it } from 'vitest';
import { nameKey } from '../../../server/protocol/fold.ts';

it.each([
  ['Straße', 'STRASSE', 'STRAẞE'],
  ['ΣΊΣΥΦΟΣ', 'σίσυφος', 'σίσυφοσ'],
  ['İ', 'I', 'ı', 'i', 'i\u0307'],
  ['é', 'e\u0301', 'É'],
  ['ﬁx', 'FIX', 'ｆｉｘ'],
  ['한글', '한글'.normalize('NFD'), '한\u200b글', '한\u3164글', '한\u00ad글'],
  ['a b', ' A  b ', 'a\tb', 'a\u00a0b', 'a\u0085b', 'a\u3000b'],
  ['ǆ', 'Ǆ', 'ǅ', 'dž'],
])('%s is one name however it is written', (first, ...others) => {
  for (const other of others) expect([other, nameKey(other)]).toEqual([other, nameKey(first)]);
  expect(nameKey(nameKey(first))).toBe(nameKey(first));
});

it('tells other names apart', () => {
  const names = ['ada', 'adà', 'a da', 'strase', 'sisifos', '지수', '지우', 'j', 'o', 'ø', '0'];
  expect(new Set(names.map(nameKey)).size).toBe(names.length);
});
