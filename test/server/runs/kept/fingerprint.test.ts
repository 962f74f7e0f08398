import { describe, expect, it } from 'vitest';
import type { FormInputs } from '../../../../interpreters/forms.ts';
import { askedOf, fingerprintOf, isAsked } from '../../../../server/runs/kept/fingerprint.ts';

const text = { interpreter: 'sql', source: 'from flights where day = $day', options: {} };
const forms: FormInputs = {
  day: { type: 'date', value: '2015-01-01' },
  other: { type: 'text', value: 'x' },
  key: { type: 'password', value: 'secret' },
};
const asked = askedOf(text, forms, '1')!;
const inputs = { tables: ['flights'], marks: ['engine v1', 'zone UTC'] };

describe('what was asked is another', () => {
  it.each([
    ['text', { ...text, source: 'from flights where day = $day ' }, forms, '1'],
    ['name', { ...text, name: 'late' }, forms, '1'],
    ['connection', { ...text, options: { connection: 'warehouse' } }, forms, '1'],
    ['value that it names', text, { ...forms, day: { type: 'date', value: '2015-01-02' } as const }, '1'],
    ['kind of such a value', text, { ...forms, day: { type: 'text', value: '2015-01-01' } as const }, '1'],
    ['version', text, forms, '2'],
  ])('with another %s', (_, other, values, version) => {
    expect(askedOf(other, values, version)).not.toBe(asked);
  });
});

describe('what was asked is the same', () => {
  it('with another chart, and another value that the text does not name', () => {
    expect(askedOf({ ...text, options: { chart: { mark: 'bar' } } }, forms, '1')).toBe(asked);
    expect(askedOf(text, { ...forms, other: { type: 'text', value: 'y' } }, '1')).toBe(asked);
  });

  it('whatever the order of the forms', () => {
    const two = { ...text, source: 'select $other, $day' };
    const { day, other } = forms as Required<typeof forms>;
    expect(askedOf(two, { day: day!, other: other! }, '1')).toBe(askedOf(two, { other: other!, day: day! }, '1'));
  });

  it('in no language but SQL', () => {
    for (const interpreter of ['typescript', 'shell', 'vega-lite', 'markdown'])
      expect(askedOf({ ...text, interpreter }, forms, '1')).toBeUndefined();
  });

  it('never where a password is named', () => {
    expect(askedOf({ ...text, source: 'select $KEY' }, forms, '1')).toBeUndefined();
    expect(askedOf({ ...text, source: "select 'key'" }, forms, '1')).toBeDefined();
  });
});

describe('a fingerprint', () => {
  const now = new Map([['flights', 'result a']]);
  const known = fingerprintOf(asked, inputs, now)!;

  it('is the same for the same inputs, and says what was asked', () => {
    expect(fingerprintOf(asked, { ...inputs }, new Map([...now, ['more', 'result b']]))).toBe(known);
    expect(isAsked(known, asked)).toBe(true);
    expect(isAsked(known, asked.slice(1))).toBe(false);
    expect(isAsked(undefined, asked)).toBe(false);
  });

  it('is another with another table, file or engine', () => {
    expect(fingerprintOf(asked, inputs, new Map([['flights', 'result b']]))).not.toBe(known);
    expect(fingerprintOf(asked, { ...inputs, marks: ['engine v2', 'zone UTC'] }, now)).not.toBe(known);
  });

  it('is none where a table is no named result', () => {
    expect(fingerprintOf(asked, { ...inputs, tables: ['flights', 'made'] }, now)).toBeUndefined();
  });
});
