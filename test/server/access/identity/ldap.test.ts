/** What a directory is asked at all: with none there, what was asked ends as `away`, and what was not as `wrong`. */
import { expect, it } from 'vitest';
import { openLdap } from '../../../../server/access/identity/ldap.ts';
import { parseLdap } from '../../../../server/access/identity/settings.ts';

const ask = async (name: string, password = 'some password') => {
  const settings = parseLdap({ url: 'ldap://127.0.0.1:1', base: 'dc=example,dc=org', role: 'reader' });
  if (!settings) throw new Error('no settings');
  const directory = openLdap({ settings, password: undefined, ca: undefined, warn: () => undefined });
  return (await directory.ask(name, password, (compute) => compute())).result;
};

it.each(['ada', 'Zoë', '김하나', 'o’neill'])('the directory is asked for %s', async (name) => {
  expect(await ask(name)).toBe('away');
});

it.each([
  ['a grapheme joiner', 'ad\u034fa'],
  ['a variation selector', 'ada\ufe00'],
  ['a soft hyphen of Mongolian', '\u1806ada'],
  ['a Mongolian selector', 'a\u180bda'],
  ['an object’s place', 'ada\ufffc'],
  ['a soft hyphen', 'a\u00adda'],
  ['a space of no width', 'ada\u200b'],
])('a name with %s, which the directory would read over, is nobody’s', async (_what, name) => {
  expect(await ask(name)).toBe('wrong');
});

it('an empty password is nobody’s', async () => {
  expect(await ask('ada', '')).toBe('wrong');
});
