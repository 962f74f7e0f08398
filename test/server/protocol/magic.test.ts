import { describe, expect, it } from 'vitest';
import { readMagic as read } from '../../../server/protocol/magic.ts';

const words = { sql: 'sql', md: 'markdown', ts: 'typescript', sh: 'shell' };

function readMagic(source: string, isLeft = false) {
  const magic = read(source, isLeft, words);
  if (!magic) return undefined;
  const { length, ...rest } = magic;
  expect(source.slice(length)).toBe(rest.rest);
  return rest;
}

describe('a magic word', () => {
  it('at the start switches the interpreter and disappears', () => {
    expect(readMagic('%sql select 1')).toEqual({ interpreter: 'sql', options: {}, rest: 'select 1' });
    expect(readMagic('%md\n# Title')).toEqual({ interpreter: 'markdown', options: {}, rest: '# Title' });
    expect(readMagic('%SQL\r\nselect 1')).toEqual({ interpreter: 'sql', options: {}, rest: 'select 1' });
    expect(readMagic('  %ts ')).toEqual({ interpreter: 'typescript', options: {}, rest: '' });
  });

  it('counts when a blank follows, or when its paragraph is left', () => {
    expect(readMagic('%sh')).toBeUndefined();
    expect(readMagic('%sql(a=b)')).toBeUndefined();
    expect(readMagic('%sh', true)).toEqual({ interpreter: 'shell', options: {}, rest: '' });
    expect(readMagic('%sql(a=b)', true)).toEqual({ interpreter: 'sql', options: { a: 'b' }, rest: '' });
    expect(readMagic('%sh\n')).toEqual({ interpreter: 'shell', options: {}, rest: '' });
  });

  it('carries options in parentheses', () => {
    expect(readMagic('%sql(connection=warehouse)\nselect 1')).toEqual({
      interpreter: 'sql',
      options: { connection: 'warehouse' },
      rest: 'select 1',
    });
    expect(readMagic('%sql( limit = 10, note="a, (b) c", on=true, ) x')?.options).toBeUndefined();
    expect(readMagic('%sql( limit = 10, note="a, b", on=true, ) x')?.options).toEqual({
      limit: 10,
      note: 'a, b',
      on: true,
    });
    expect(readMagic('%sql() x')).toEqual({ interpreter: 'sql', options: {}, rest: 'x' });
  });

  it('is nothing elsewhere, nor where it is not well formed', () => {
    expect(read('%cobol x')).toBeUndefined();
    expect(read('%ts x')?.interpreter).toBe('typescript');
    expect(read('%md x')?.interpreter).toBe('markdown');
    for (const source of [
      '%scala x',
      '%constructor x',
      'select %sql',
      'a\n%sql x',
      '% sql',
      '%',
      '%5',
      '100%',
      '%sql(x',
      '%sql(x y) z',
      '%sql(="a") x',
      '%sql"x',
      '%%sql x',
      'select 5 %a b',
    ]) {
      expect([source, readMagic(source)]).toEqual([source, undefined]);
    }
  });
});
