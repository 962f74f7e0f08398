import { cleanup, fireEvent, screen, waitFor, within } from '@solidjs/testing-library';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Json } from '../../../server/protocol/document.ts';
import { frontFormsOf, setForm } from '../../../server/protocol/forms/document.ts';
import type { ParagraphId, SessionId } from '../../../server/protocol/ids.ts';
import type { SessionStatus } from '../../../server/protocol/messages.ts';
import type { Given } from '../../support/page/live.ts';
import { type Mounted, mountNotebook } from '../../support/page/mount.tsx';

// No server here.
beforeEach(() => {
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no server')));
});
afterEach(() => {
  vi.unstubAllGlobals();
  cleanup();
  history.replaceState(null, '', '/');
  localStorage.clear();
  sessionStorage.clear();
});

/** A machine with much to do answers late. */
const LATE = { timeout: 20_000 };
const query: Given = { id: 'a', source: 'select $day' };

async function mount(forms: Readonly<Record<string, Json>>, given: readonly Given[] = [query]): Promise<Mounted> {
  const page = await mountNotebook(given);
  for (const [name, form] of Object.entries(forms)) setForm(page.live.doc, name, form, 'remote');
  return page;
}
const row = () => screen.getByRole('group', { name: 'Forms' });
const runs = async (page: Mounted): Promise<unknown> => {
  page.press('Escape');
  screen.getByRole('button', { name: 'Run all' }).click();
  await Promise.resolve();
  return page.live.filled.at(-1);
};

test('a reader is shown the notebook’s own values, as all results are of them, and the address stays as it is', async () => {
  history.replaceState(null, '', '/n/late?day=2016-06-06');
  const page = await mount({ day: '2015-01-01' }, [{ id: 't', interpreter: 'markdown', source: 'Flights of ${day}' }]);
  await screen.findByText('Flights of 2016-06-06');
  page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'reader' });
  await screen.findByText('Flights of 2015-01-01');
  expect(within(row()).getByLabelText<HTMLInputElement>('day').value).toBe('2015-01-01');
  page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'runner' });
  await screen.findByText('Flights of 2016-06-06');
  page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'reader' });
  await screen.findByText('Flights of 2015-01-01');
  // What waits to be written there is, as the page is left.
  cleanup();
  expect(location.search).toBe('?day=2016-06-06');
});

describe('controls', () => {
  test('a text, a number and a day are fields under their labels', async () => {
    const page = await mount({
      who: { label: '이름', default: 'Ada' },
      most: { type: 'number', default: 5, min: 1 },
      day: '2015-01-01',
    });
    fireEvent.input(within(row()).getByLabelText('이름'), { target: { value: '그레이스' } });
    fireEvent.input(within(row()).getByLabelText('most'), { target: { value: '7' } });
    fireEvent.input(within(row()).getByLabelText('day'), { target: { value: '2015-02-01' } });
    expect(await runs(page)).toEqual({ who: '그레이스', most: 7, day: '2015-02-01' });
  });

  test('a syllable that is being composed is no value yet', async () => {
    const page = await mount({ who: 'Ada' });
    const field = within(row()).getByLabelText<HTMLInputElement>('who');
    fireEvent.input(field, { target: { value: 'ㅎ' }, isComposing: true });
    expect(await runs(page)).toBeUndefined();
    field.value = '한';
    fireEvent.compositionEnd(field);
    expect(await runs(page)).toEqual({ who: '한' });
    expect(field.value).toBe('한');
  });

  test('what is no value is said under its control, and runs go on with the last that was', async () => {
    const page = await mount({ most: { type: 'number', default: 5, max: 10 } });
    const field = within(row()).getByLabelText<HTMLInputElement>('most');
    fireEvent.input(field, { target: { value: '7' } });
    fireEvent.input(field, { target: { value: '700' } });
    expect(field.getAttribute('aria-invalid')).toBe('true');
    const said = document.getElementById(field.getAttribute('aria-describedby')?.split(' ')[1] ?? '');
    expect(said?.textContent).toMatch(/nothing above 10\. Runs use 7\./);
    expect(field.value).toBe('700');
    expect(await runs(page)).toEqual({ most: 7 });
  });

  test('a range of days has two ends, either of which may be open', async () => {
    const page = await mount({ when: { type: 'date-range' } });
    fireEvent.input(within(row()).getByLabelText('when, to'), { target: { value: '2015-02-01' } });
    expect(await runs(page)).toEqual({ when: { from: null, to: '2015-02-01' } });
    fireEvent.input(within(row()).getByLabelText('when, from'), { target: { value: '2015-03-01' } });
    within(row()).getByText(/begins after it ends/);
  });

  test('a select shows labels and gives values', async () => {
    const page = await mount({
      airport: { options: [{ value: 'SEA', label: 'Seattle' }, 'JFK'], default: 'SEA' },
      year: { options: [2001, 2002], default: null },
    });
    const airport = within(row()).getByRole<HTMLSelectElement>('combobox', { name: 'airport' });
    expect([...airport.options].map(({ text }) => text)).toEqual(['Seattle', 'JFK']);
    fireEvent.change(airport, { target: { value: '1' } });
    const year = within(row()).getByRole<HTMLSelectElement>('combobox', { name: 'year' });
    expect(year.selectedOptions[0]?.text).toBe('Nothing chosen');
    fireEvent.change(year, { target: { value: '1' } });
    expect(await runs(page)).toEqual({ airport: 'JFK', year: 2002 });
  });

  test('several are chosen in a list that opens, found by what is typed, and left by Escape', async () => {
    const cities = ['서울', '부산', '대구', '인천', '광주', '대전', '울산', '수원', '창원'];
    const page = await mount({ city: { type: 'multi-select', options: cities, default: ['서울'] } });
    const button = within(row()).getByRole('button', { name: /city 서울/ });
    button.click();
    const list = within(row()).getByRole('group', { name: 'city' });
    fireEvent.input(within(list).getByRole('searchbox'), { target: { value: '대' } });
    expect(within(list).getAllByRole('checkbox')).toHaveLength(2);
    within(list).getByRole('checkbox', { name: '대전' }).click();
    fireEvent.keyDown(list, { key: 'Escape' });
    expect(button.getAttribute('aria-expanded')).toBe('false');
    expect(button.textContent).toBe('서울 and 대전');
    expect(await runs(page)).toEqual({ city: ['서울', '대전'] });
  });

  describe('options of a query', () => {
    const asked: string[] = [];
    let answer: () => Response;
    beforeEach(() => {
      asked.length = 0;
      vi.stubGlobal('fetch', async (address: string) => {
        if (!address.endsWith('/options')) throw new TypeError('no server');
        asked.push(address);
        return answer();
      });
    });
    const told = (items: readonly object[], more = false) => new Response(JSON.stringify({ items, next: null, more }));
    const airport = { options: { query: 'select code, city from airports' } };

    test('are asked of the server; until they are there what is chosen is the only one', async () => {
      answer = () =>
        told([
          { value: 'SEA', label: 'Seattle' },
          { value: 'ICN', label: '인천' },
        ]);
      const page = await mount({ airport: { ...airport, default: 'OLD' } });
      within(row()).getByText('The options are being read…');
      const select = within(row()).getByRole<HTMLSelectElement>('combobox', { name: 'airport' });
      expect([...select.options].map(({ text }) => text)).toEqual(['OLD']);
      await within(row()).findByRole('option', { name: 'Seattle' }, LATE);
      expect(asked).toEqual(['/api/v1/notebooks/fake/forms/airport/options']);
      expect([...select.options].map(({ text }) => text)).toEqual(['Seattle', '인천', 'OLD']);
      expect(select.selectedOptions[0]?.text).toBe('OLD');
      fireEvent.change(select, { target: { value: '1' } });
      expect(await runs(page)).toEqual({ airport: 'ICN' });
      // It is the same control, which keeps the focus.
      expect(select.isConnected).toBe(true);
    });

    test('that can’t be read are said with why, and asked for again', async () => {
      answer = () =>
        new Response(JSON.stringify({ error: { code: 'options-failed', message: 'There is no table airports.' } }), {
          status: 422,
        });
      const page = await mount({ airport: { ...airport, type: 'multi-select' } });
      await within(row()).findByText(/There is no table airports\./, {}, LATE);
      const field = within(row()).getByRole('textbox', { name: 'airport' });
      fireEvent.input(field, { target: { value: 'SEA, 인천' } });
      expect(await runs(page)).toEqual({ airport: ['SEA', '인천'] });
      answer = () => told([{ value: 'SEA' }]);
      within(row()).getByRole('button', { name: 'Try again' }).click();
      const button = await within(row()).findByRole('button', { name: /airport SEA and 인천/ }, LATE);
      button.click();
      within(row()).getByRole('checkbox', { name: 'SEA' }).click();
      expect(await runs(page)).toEqual({ airport: ['인천'] });
    });

    test('of which there are too many are suggested', async () => {
      answer = () => told([{ value: 'SEA' }], true);
      await mount({ airport });
      await within(row()).findByText('There are more than these: type the value', {}, LATE);
      const field = within(row()).getByLabelText<HTMLInputElement>('airport');
      expect(document.getElementById(field.getAttribute('list') ?? '')?.querySelector('option')?.value).toBe('SEA');
    });
  });

  test('a box, a slider and a password', async () => {
    const page = await mount({
      late: { default: true, label: 'Late only' },
      share: { type: 'slider', min: 0, max: 500, step: 50, default: 250 },
      key: { type: 'password' },
    });
    const slider = within(row()).getByRole<HTMLInputElement>('slider', { name: 'share' });
    expect(slider.value).toBe('250');
    within(row()).getByRole('checkbox', { name: 'Late only' }).click();
    fireEvent.input(slider, { target: { value: '300' } });
    expect(slider.parentElement?.querySelector('output')?.textContent).toBe('300');
    fireEvent.input(within(row()).getByLabelText('key'), { target: { value: 'hush' } });
    expect(await runs(page)).toEqual({ late: false, share: 300, key: 'hush' });
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('hush');
  });

  test('who may not run fills in nothing', async () => {
    const page = await mount({ day: '2015-01-01' });
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'reader' });
    expect(row().matches('fieldset[disabled]')).toBe(true);
  });
});

describe('places', () => {
  test('a form that a paragraph declares stands at it; prose shows the value', async () => {
    const page = await mount({ top: 'x' }, [
      { id: 'a', interpreter: 'sql', source: 'select ${day=2015-01-01}' },
      { id: 'b', interpreter: 'markdown', source: 'On ${day} and `${day}`' },
    ]);
    expect(within(row()).queryByLabelText('day')).toBeNull();
    const at = within(page.section('a')).getByRole('group', { name: 'Forms of this paragraph' });
    expect(page.section('b').textContent).toContain('On 2015-01-01 and ${day}');
    fireEvent.input(within(at).getByLabelText('day'), { target: { value: '2015-02-02' } });
    expect(page.section('b').textContent).toContain('On 2015-02-02');
    expect(within(at).queryByRole('button', { name: 'Save as the notebook’s own' })).toBeNull();
  });

  test('what is wrong with a declaration stands where it is, for those who can mend it', async () => {
    const page = await mount({ wheel: { type: 'wheel' }, most: 5 }, [{ id: 'a', source: 'select ${number:most=7}' }]);
    screen.getByText(/“wheel” is no type of a form/);
    within(page.section('a')).getByText(/The form “most” is declared otherwise before/);
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'runner' });
    expect(screen.queryByRole('list', { name: 'What is wrong with forms' })).toBeNull();
  });

  test('what the file can’t be made to say is told to those who can mend it', async () => {
    const page = await mount({ day: '2015-01-01' });
    page.live.emit({ type: 'file', file: { state: 'fine', unwritten: ['forms'] } });
    expect((await screen.findByRole('alert')).textContent).toMatch(/The file does not say what stands here of forms:/);
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'runner' });
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'owner' });
    await screen.findByRole('alert');
    page.live.emit({ type: 'file', file: { state: 'fine' } });
    await waitFor(() => expect(screen.queryByRole('alert')).toBeNull());
  });

  test('a colleague’s change of a declaration is there at once', async () => {
    const page = await mount({ day: '2015-01-01' });
    setForm(page.live.doc, 'day', { type: 'select', options: ['a', 'b'] }, 'remote');
    within(row()).getByRole('combobox', { name: 'day' });
    setForm(page.live.doc, 'day', undefined, 'remote');
    expect(screen.queryByRole('group', { name: 'Forms' })).toBeNull();
  });
});

describe('the address', () => {
  test('carries what is typed, and no password', async () => {
    await mount({ day: '2015-01-01', key: { type: 'password' } });
    fireEvent.input(within(row()).getByLabelText('day'), { target: { value: '2015-02-01' } });
    fireEvent.input(within(row()).getByLabelText('key'), { target: { value: 'hush' } });
    await waitFor(() => expect(location.search).toBe('?day=2015-02-01'), { timeout: 20_000 });
    within(row()).getByRole('button', { name: 'Reset' }).click();
    await waitFor(() => expect(location.search).toBe(''), { timeout: 20_000 });
    expect(within(row()).getByLabelText<HTMLInputElement>('key').value).toBe('');
  });

  test('fills in the forms, also those that come later, and again on the way back', async () => {
    history.replaceState(null, '', '/?day=2015-02-01&most=9');
    const page = await mount({ day: '2015-01-01' });
    const field = within(row()).getByLabelText<HTMLInputElement>('day');
    await waitFor(() => expect(field.value).toBe('2015-02-01'), { timeout: 20_000 });
    setForm(page.live.doc, 'most', 5, 'remote');
    await waitFor(() => expect(within(row()).getByLabelText<HTMLInputElement>('most').value).toBe('9'), {
      timeout: 20_000,
    });
    history.replaceState(null, '', '/?day=2015-03-01');
    window.dispatchEvent(new PopStateEvent('popstate'));
    expect(field.value).toBe('2015-03-01');
    expect(await runs(page)).toEqual({ day: '2015-03-01' });
  });
});

describe('whose values', () => {
  test('it is plain which are the viewer’s, and Reset returns to the notebook’s own', async () => {
    const page = await mount({ day: { default: '2015-01-01', label: 'Day' }, most: 5 });
    expect(within(row()).queryByText('your value')).toBeNull();
    fireEvent.input(within(row()).getByLabelText('Day'), { target: { value: '2015-02-01' } });
    within(row()).getByText('your value');
    within(row()).getByRole('button', { name: 'Run with your Day' }).click();
    expect(page.live.filled.at(-1)).toEqual({ day: '2015-02-01' });
    within(row()).getByRole('button', { name: 'Reset' }).click();
    expect(within(row()).getByLabelText<HTMLInputElement>('Day').value).toBe('2015-01-01');
    expect(within(row()).queryByText('your value')).toBeNull();
  });

  test('a writer makes them the notebook’s own in one step, which undo takes back', async () => {
    const page = await mount({ day: { default: '2015-01-01' }, most: 5 });
    fireEvent.input(within(row()).getByLabelText('day'), { target: { value: '2015-02-01' } });
    fireEvent.input(within(row()).getByLabelText('most'), { target: { value: '6' } });
    within(row()).getByRole('button', { name: 'Save as the notebook’s own' }).click();
    expect(frontFormsOf(page.live.doc)).toEqual([
      ['day', { default: '2015-02-01' }],
      ['most', 6],
    ]);
    expect(within(row()).queryByText('your value')).toBeNull();
    page.live.undo.undo();
    expect(frontFormsOf(page.live.doc)?.[1]).toEqual(['most', 5]);
  });

  test('their own results stand over the team’s while their values differ', async () => {
    const page = await mount({ day: '2015-01-01' });
    const output = (text: string) => ({ kind: 'text', stream: 'stdout', text }) as const;
    page.live.emit({ type: 'visitor', session: { id: 'own' as SessionId, state: 'idle' } as SessionStatus });
    page.live.tell('a' as ParagraphId, { outputs: [output('everybody’s')] });
    fireEvent.input(within(row()).getByLabelText('day'), { target: { value: '2015-02-01' } });
    page.live.tell('a' as ParagraphId, { outputs: [output('mine')], session: 'own' });
    const shown = () => page.section('a').querySelector('.shown')?.textContent;
    await waitFor(() => expect(shown()).toContain('mine'), { timeout: 20_000 });
    screen.getByText('Your own run: only you see these results');
    screen.getByRole('button', { name: 'Show the team’s results again' }).click();
    expect(shown()).toContain('everybody’s');
    // The session of the team is not touched.
    expect(page.live.calls).toEqual([]);
    expect(screen.queryByText('Your own run: only you see these results')).toBeNull();
  });

  test('what ran with other values says so', async () => {
    const page = await mount({ day: '2015-01-01' });
    page.live.tell('a' as ParagraphId, { forms: { day: '2015-01-01' } });
    expect(within(page.section('a')).queryByText('values changed since this run')).toBeNull();
    fireEvent.input(within(row()).getByLabelText('day'), { target: { value: '2015-02-01' } });
    within(page.section('a')).getByText('values changed since this run');
  });
});

describe('run on change', () => {
  test('runs once what is typed has settled, and is remembered', async () => {
    const page = await mount({ day: '2015-01-01', most: 5 });
    within(row()).getByRole('checkbox', { name: 'Run on change' }).click();
    for (const value of ['6', '60', '600'])
      fireEvent.input(within(row()).getByLabelText('most'), { target: { value } });
    await waitFor(() => expect(page.live.filled).toEqual([{ most: 600 }]), { timeout: 20_000 });
    // Everybody's results are there.
    within(row()).getByRole('button', { name: 'Reset' }).click();
    cleanup();
    expect(page.live.filled).toHaveLength(1);
    await mount({ day: '2015-01-01' });
    expect(within(row()).getByRole<HTMLInputElement>('checkbox', { name: 'Run on change' }).checked).toBe(true);
  });
});

describe('the editor', () => {
  async function open(forms: Readonly<Record<string, Json>>, given?: readonly Given[]): Promise<Mounted> {
    const page = await mount(forms, given);
    screen.getByRole('button', { name: 'Session and more' }).click();
    (await screen.findByRole('menuitem', { name: 'Forms…' })).click();
    await screen.findByRole('dialog', { name: 'Forms' });
    return page;
  }
  const dialog = () => within(screen.getByRole('dialog', { name: 'Forms' }));
  const front = (page: Mounted) => frontFormsOf(page.live.doc);

  test('adds a form once its name is one, and opens it', async () => {
    const page = await open({ day: '2015-01-01' });
    const name = dialog().getByLabelText('Name');
    const add = () => dialog().getByRole('button', { name: 'Add' }).click();
    for (const [text, why] of [
      ['2day', /letters, digits and _/],
      ['day', /There is a form “day” already/],
      ['Day', /differ by case only/],
    ] as const) {
      fireEvent.input(name, { target: { value: text } });
      dialog().getByText(why);
      add();
      expect(front(page)).toHaveLength(1);
    }
    fireEvent.input(name, { target: { value: 'airport' } });
    fireEvent.change(within(dialog().getByRole('form', { name: 'Add a form' })).getByLabelText('Type'), {
      target: { value: 'select' },
    });
    add();
    expect(front(page)?.[1]).toEqual(['airport', { type: 'select', options: ['one', 'two'] }]);
    const options = dialog().getByLabelText(/^Options/);
    fireEvent.input(options, { target: { value: 'SEA | Seattle\nJFK' } });
    fireEvent.change(options);
    expect(front(page)?.[1]?.[1]).toEqual({ type: 'select', options: [{ value: 'SEA', label: 'Seattle' }, 'JFK'] });
    expect(within(row()).getByRole<HTMLSelectElement>('combobox', { name: 'airport', hidden: true }).value).toBe('0');
  });

  test('says what is wrong while it is typed', async () => {
    const page = await open({ most: { type: 'number', default: 5 } });
    dialog().getByRole('button', { name: 'Change most' }).click();
    const least = dialog().getByLabelText('At least');
    fireEvent.input(least, { target: { value: '7' } });
    dialog().getByText(/The default does not fit: .*nothing below 7/);
    expect(front(page)?.[0]?.[1]).toEqual({ type: 'number', default: 5 });
    fireEvent.change(least);
    const own = dialog().getByLabelText('The notebook’s own value');
    fireEvent.input(own, { target: { value: '8' } });
    fireEvent.focusOut(own);
    expect(front(page)?.[0]?.[1]).toEqual({ type: 'number', default: 8, min: 7 });
    expect(dialog().queryByText(/does not fit/)).toBeNull();
  });

  test('takes options from a query once there is one', async () => {
    const page = await open({ airport: { options: ['SEA'] } });
    dialog().getByRole('button', { name: 'Change airport' }).click();
    dialog().getByRole('button', { name: 'Options from a query instead' }).click();
    expect(front(page)?.[0]?.[1]).toEqual({ options: ['SEA'] });
    const field = dialog().getByLabelText(/^Query of the options/);
    fireEvent.input(field, { target: { value: 'select code from airports' } });
    fireEvent.change(field);
    expect(front(page)?.[0]?.[1]).toEqual({ type: 'select', options: { query: 'select code from airports' } });
    dialog().getByRole('button', { name: 'Options from a list instead' }).click();
    expect(front(page)?.[0]?.[1]).toEqual({ type: 'select', options: ['one', 'two'] });
  });

  test('each change is one step of undo', async () => {
    const page = await open({ day: '2015-01-01', most: 5, q: 'x' });
    const names = () => front(page)?.map(([name]) => name);
    dialog().getByRole('button', { name: 'Move q up' }).click();
    expect(names()).toEqual(['day', 'q', 'most']);
    dialog().getByRole('button', { name: 'Remove day' }).click();
    expect(names()).toEqual(['q', 'most']);
    dialog().getByRole('button', { name: 'Change q' }).click();
    const label = dialog().getByLabelText('Label');
    fireEvent.input(label, { target: { value: '찾기' } });
    fireEvent.change(label);
    expect(front(page)?.[0]).toEqual(['q', { type: 'text', default: 'x', label: '찾기' }]);
    page.live.undo.undo();
    expect(front(page)?.[0]).toEqual(['q', 'x']);
    page.live.undo.undo();
    expect(names()).toEqual(['day', 'q', 'most']);
    page.live.undo.undo();
    expect(names()).toEqual(['day', 'most', 'q']);
  });

  test('a removed form comes back where it stood', async () => {
    const page = await open({ day: '2015-01-01', most: 5 });
    dialog().getByRole('button', { name: 'Remove most' }).click();
    screen.getByRole('button', { name: 'Undo', hidden: true }).click();
    expect(front(page)).toEqual([
      ['day', '2015-01-01'],
      ['most', 5],
    ]);
  });

  test('one declared in a text is changed there', async () => {
    const page = await open({}, [{ id: 'a', source: 'select ${day=2015-01-01}' }]);
    dialog().getByRole('button', { name: 'Edit in the text' }).click();
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(page.at()).toBe('a');
  });

  test('who may not write is offered none', async () => {
    const page = await mount({ day: '2015-01-01' });
    page.live.emit({ type: 'welcome', path: 'late.nb.md', role: 'runner' });
    screen.getByRole('button', { name: 'Session and more' }).click();
    expect(screen.queryByRole('menuitem', { name: 'Forms…' })).toBeNull();
  });
});
