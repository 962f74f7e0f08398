/** What providers say, turned into our terms: claims, entries, the names of entries, roles. */
import { describe, expect, it } from 'vitest';
import { groupsIn, toldByClaims } from '../../../../server/access/identity/claims.ts';
import { nameBelow, plainDn } from '../../../../server/access/identity/dn.ts';
import { groupsNamed, toldByEntry } from '../../../../server/access/identity/entry.ts';
import { askInTurn, inOrder } from '../../../../server/access/identity/password.ts';
import { roleFor } from '../../../../server/access/identity/roles.ts';
import { parseLdap } from '../../../../server/access/identity/settings.ts';
import type { Answer, ByPassword } from '../../../../server/access/identity.ts';

const map = { groups: new Map([['admins', 'owner'] as const, ['crew', 'writer'] as const]), role: undefined };

describe('those who are asked for a name and a password', () => {
  const asked: string[] = [];
  const says = (name: string, answer: Answer): ByPassword => ({
    async ask() {
      asked.push(name);
      return answer;
    },
  });
  const directory = (answer: Answer, first: boolean) => ({ ...says('directory', answer), label: 'D', first });
  const told = {
    result: 'told',
    told: { identity: { by: 'ldap', issuer: 'i', subject: 's' }, names: [], groups: [], role: 'reader' },
  } as const;
  const [wrong, away] = [{ result: 'wrong' }, { result: 'away' }] as const;

  it.each([
    [wrong, wrong, false, ['own', 'directory'], 'wrong'],
    [wrong, told, false, ['own', 'directory'], 'told'],
    [told, wrong, false, ['own'], 'told'],
    [told, wrong, true, ['directory', 'own'], 'told'],
    [wrong, told, true, ['directory'], 'told'],
    [wrong, away, false, ['own', 'directory'], 'away'],
    [wrong, away, true, ['directory', 'own'], 'away'],
    [told, away, true, ['directory', 'own'], 'told'],
  ] as const)('are asked in their order until one knows: %j %j %j', async (own, other, first, order, result) => {
    asked.length = 0;
    const all = inOrder(says('own', own), directory(other, first));
    expect((await askInTurn(all, 'ada', 'x', (compute) => compute())).result).toBe(result);
    expect(asked).toEqual(order);
  });
});

describe('a role', () => {
  it('is the strongest of the mapped groups, exactly named; else the one for everybody, or none', () => {
    expect(roleFor(['crew', 'admins', 'x'], map)).toBe('owner');
    expect(roleFor(['crew'], map)).toBe('writer');
    expect(roleFor(['Admins', 'admins '], map)).toBeUndefined();
    expect(roleFor([], { ...map, role: 'reader' })).toBe('reader');
    // Being in a group takes nothing away that nobody gave for it.
    expect(roleFor(['x'], { ...map, role: 'runner' })).toBe('runner');
  });
});

describe('claims', () => {
  const identity = { issuer: 'https://id.example', subject: 'S1' };
  const names = { name: 'preferred_username', shown: 'name', groups: 'groups' };

  it('give names, groups and a role', () => {
    const claims = { preferred_username: 'ada', email: 'ada@example.org', name: 'Ada L', groups: ['crew', 7, null] };
    expect(toldByClaims(identity, claims, names, map)).toEqual({
      identity: { by: 'oidc', ...identity },
      names: ['ada', 'ada@example.org', 'Ada L', 'S1'],
      shown: 'Ada L',
      groups: ['crew'],
      role: 'writer',
    });
  });

  it('that are absent or of another kind give nothing', () => {
    const strange = { preferred_username: ['ada'], email: {}, name: '  ', groups: { admins: true }, sub: 'other' };
    expect(toldByClaims(identity, strange, names, map)).toEqual({
      identity: { by: 'oidc', ...identity },
      names: ['S1'],
      groups: [],
      role: undefined,
    });
    // What every object has is no claim.
    expect(groupsIn({}, 'constructor.name')).toBeUndefined();
    expect(groupsIn({}, '__proto__')).toBeUndefined();
  });

  it('of groups may lie deeper, and have a name with dots of its own', () => {
    expect(groupsIn({ realm_access: { roles: ['a'] } }, 'realm_access.roles')).toEqual(['a']);
    expect(groupsIn({ 'https://id.example/groups': ['b'] }, 'https://id.example/groups')).toEqual(['b']);
    expect(groupsIn({ groups: 'one' }, 'groups')).toEqual(['one']);
    expect(groupsIn({ groups: [] }, 'groups')).toEqual([]);
  });
});

describe('the name of an entry', () => {
  const base = 'ou=Groups, dc=example,dc=org';

  it('tells a group’s name below a place', () => {
    for (const [dn, name] of [
      ['cn=crew,ou=groups,dc=example,dc=org', 'crew'],
      ['CN=Crew , OU=Groups,DC=Example,DC=ORG', 'Crew'],
      ['cn=a\\, b\\+c,ou=groups,dc=example,dc=org', 'a, b+c'],
      ['cn=caf\\C3\\A9,ou=groups,dc=example,dc=org', 'café'],
      ['cn=crew,ou=deep,ou=groups,dc=example,dc=org', 'crew'],
      ['gid=7+cn=crew,ou=groups,dc=example,dc=org', 'crew'],
      ['cn=end\\20,ou=groups,dc=example,dc=org', 'end '],
      ['cn=곤돌라 𝒳,ou=groups,dc=example,dc=org', '곤돌라 𝒳'],
    ] as const)
      expect([dn, nameBelow(dn, 'cn', base)]).toEqual([dn, name]);
  });

  it('is none of a group elsewhere, however it is written', () => {
    for (const dn of [
      'cn=admins,ou=clubs,dc=example,dc=org',
      'cn=admins\\,ou=groups\\,dc=example\\,dc=org,ou=clubs,dc=example,dc=org',
      'cn=admins,ou=groups,dc=example,dc=org,dc=evil',
      'cn=admins,cn=ou\\=groups\\,dc\\=example\\,dc\\=org',
      'ou=groups,dc=example,dc=org',
      'admins',
      'cn=admins,',
      '',
    ])
      expect([dn, nameBelow(dn, 'cn', base)]).toEqual([dn, undefined]);
    expect(nameBelow('cn=admins,ou=x', 'cn', '')).toBeUndefined();
  });

  it('of a place is one, however it is written', () => {
    expect(plainDn('OU=People, DC=Example')).toBe(plainDn('ou=people,dc=example'));
    expect(plainDn('ou=a\\,b')).not.toBe(plainDn('ou=a,ou=b'));
  });
});

describe('an entry', () => {
  const settings = parseLdap({
    url: 'ldaps://directory.example',
    base: 'ou=People,dc=example',
    groupBase: 'ou=groups,dc=example',
    groups: { crew: 'writer' },
  })!;
  const uuid = 'd2a1a9cc-0000-4000-8000-000000000000';

  it('gives names, an id that stays, and the role of its groups', () => {
    const entry = { dn: 'x', UID: 'ada', cn: ['Ada L', 'Ada'], entryUUID: Buffer.from(uuid) };
    expect(toldByEntry(entry, ['crew'], settings)).toEqual({
      identity: { by: 'ldap', issuer: 'ou=people,dc=example', subject: uuid },
      names: ['ada', 'Ada L', uuid],
      shown: 'Ada L',
      groups: ['crew'],
      role: 'writer',
    });
    const bytes = Buffer.from([1, 2, 3, 255]);
    expect(toldByEntry({ uid: 'a', entryUUID: bytes }, [], settings)?.identity.subject).toBe('0x010203ff');
  });

  it('is nobody without exactly one id', () => {
    for (const entryUUID of [undefined, [], '', ['a', 'b'], Buffer.alloc(0)])
      expect(toldByEntry({ uid: 'ada', entryUUID }, [], settings)).toBeUndefined();
  });

  it('names its groups, of which those in their place count', () => {
    const memberOf = [
      'cn=crew,ou=groups,dc=example',
      'cn=admins,ou=clubs,dc=example',
      Buffer.from('cn=b,ou=groups,dc=example'),
    ];
    expect(groupsNamed({ memberof: memberOf }, 'memberOf', 'cn', 'ou=groups,dc=example')).toEqual(['crew', 'b']);
  });
});
