import { cleanup, render, screen } from '@solidjs/testing-library';
import { describe, expect, test } from 'vitest';
import type { Directory, Grant } from '../../../client/share/contract.ts';
import { NewLinkForm, wishOf } from '../../../client/share/NewLink.tsx';
import { candidates, inOrder, isLastOwner, withGrant, withoutGrant } from '../../../client/share/roles.ts';
import type { Role } from '../../../server/protocol/messages.ts';

const person = (name: string, role: Role): Grant => ({ subject: { kind: 'person', person: name }, name, role });
const directory: Directory = {
  people: ['Abel', 'Ben', 'Ruben', '김지수'].map((name) => ({ id: name, name })),
  groups: ['benders'],
};

describe('whom a name may mean', () => {
  const names = (here: readonly Grant[], typed: string) =>
    candidates(directory, 'Everyone', here, typed).map(({ name }) => name);

  test('who begins so comes first, without regard to case, groups too', () => {
    expect(names([], 'BEN')).toEqual(['Ben', 'benders', 'Ruben']);
    expect(names([], '지수')).toEqual(['김지수']);
  });

  test('who has a role here is not offered again', () => {
    expect(names([person('Ben', 'reader')], 'ben')).toEqual(['benders', 'Ruben']);
    expect(names([{ subject: { kind: 'everyone' }, name: '', role: 'reader' }], 'every')).toEqual([]);
  });

  test('everyone is nobody where nobody has an account', () => {
    expect(candidates({ people: [], groups: [] }, 'Everyone', [], '')).toEqual([]);
  });
});

describe('the list', () => {
  const items = [person('Ben', 'reader'), person('Ada', 'owner'), person('Abel', 'reader')];

  test('has owners first, then each by name', () => {
    expect(inOrder(items).map(({ name }) => name)).toEqual(['Ada', 'Abel', 'Ben']);
  });

  test('has each subject once, whatever is given to it', () => {
    const changed = withGrant(withGrant(items, person('Ben', 'writer')), person('Cem', 'reader'));
    expect(changed.map(({ name, role }) => `${name} ${role}`)).toEqual([
      'Ben writer',
      'Ada owner',
      'Abel reader',
      'Cem reader',
    ]);
    expect(withoutGrant(changed, { kind: 'person', person: 'Ben' })).toHaveLength(3);
  });

  test('keeps its last owner, and no other', () => {
    expect(items.map((grant) => isLastOwner(items, grant))).toEqual([false, true, false]);
    const two = withGrant(items, person('Ben', 'owner'));
    expect(two.some((grant) => isLastOwner(two, grant))).toBe(false);
  });
});

describe('a new link', () => {
  const form = (fields: Readonly<Record<string, string>>): FormData => {
    const data = new FormData();
    for (const [name, value] of Object.entries(fields)) data.append(name, value);
    return data;
  };

  test('hides code and ends in a week unless one says otherwise', () => {
    expect(wishOf(form({ ends: 'week', label: ' ', password: '' }), false, 1000)).toEqual({
      role: 'reader',
      code: false,
      expires: 1000 + 7 * 24 * 60 * 60 * 1000,
    });
    expect(wishOf(form({ ends: 'never', code: 'on', label: 'Board', password: 'long enough' }), false, 0)).toEqual({
      role: 'reader',
      code: true,
      label: 'Board',
      password: 'long enough',
    });
  });

  test('lets its holders read, or run as well, as one says', () => {
    expect(wishOf(form({ ends: 'never', role: 'runner' }), false, 0)).toEqual({ role: 'runner', code: false });
    expect(wishOf(form({ ends: 'never', role: 'reader' }), false, 0)).toMatchObject({ role: 'reader' });
    expect(wishOf(form({ ends: 'never', role: 'owner' }), false, 0)).toMatchObject({ role: 'reader' });
    render(() => <NewLinkForm paragraphs={[]} busy={false} onMake={() => {}} onClose={() => {}} />);
    const run = screen.getByRole<HTMLInputElement>('radio', { name: /^Read and run/ });
    expect(screen.getByRole<HTMLInputElement>('radio', { name: /^Read They see/ }).checked).toBe(true);
    expect(run.closest('label')?.textContent).toContain('only they see what comes of it');
    run.click();
    expect(new FormData(run.form!).get('role')).toBe('runner');
    cleanup();
  });

  test('with chosen paragraphs has at least one', () => {
    expect(wishOf(form({ ends: 'day' }), true, 0)).toBe('Choose at least one paragraph.');
    expect(wishOf(form({ ends: 'never', paragraph: 'aa' }), true, 0)).toMatchObject({ paragraphs: ['aa'] });
  });
});
