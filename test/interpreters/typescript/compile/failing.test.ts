import { describe, expect, it } from 'vitest';
import { failure } from '../../../../interpreters/errors.ts';
import { failureOf } from '../../../../interpreters/typescript/compile/failing.ts';

/** What is marked, and the text once the mend has been applied; `call` is where the library was called. */
function mended(source: string, call: string, word: string, replacement: string) {
  const at = source.indexOf(call);
  const failed = failureOf(
    {
      name: 'Error',
      message: 'x',
      stack: 'Error: x\n    at paragraph:1:1:1',
      failure: failure('unknown-column', `There is no column “${word}”.`, { fix: { replacement } }),
      mark: { find: [`'${word}'`, `"${word}"`, `\`${word}\``, word] },
    },
    { unit: 1, source },
    (unit) => (unit === 1 ? { text: source, offsetAt: () => at } : undefined),
  );
  const start = (failed.column ?? 1) - 1;
  const end = start + (failed.length ?? 0);
  return {
    marked: source.slice(start, end),
    ...(failed.fix ? { text: source.slice(0, start) + failed.fix.replacement + source.slice(end) } : {}),
  };
}

describe('the mend of a name that a verb was given', () => {
  it('stands in the quotes of the old one', () => {
    expect(mended("table('t').orderBy('orign')", 'orderBy', 'orign', 'origin')).toEqual({
      marked: "'orign'",
      text: "table('t').orderBy('origin')",
    });
    expect(mended("table('t').drop('its')", 'drop', 'its', "it's").text).toBe("table('t').drop('it\\'s')");
  });

  it('is found before the call that looks at it', () => {
    expect(mended("table('t').groupBy('orign').count()", 'count', 'orign', 'origin')).toEqual({
      marked: "'orign'",
      text: "table('t').groupBy('origin').count()",
    });
  });

  it('stands bare for a bare name', () => {
    expect(mended("table('t').rename({ orign: 'o' })", 'rename', 'orign', 'origin').text).toBe(
      "table('t').rename({ origin: 'o' })",
    );
  });

  it('is left out where only the call can be marked', () => {
    expect(mended("const key = 'ori' + 'gn'; table('t').orderBy(key)", 'orderBy', 'orign', 'origin')).toEqual({
      marked: 'orderBy',
    });
  });
});
