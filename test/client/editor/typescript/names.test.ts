import { describe, expect, it } from 'vitest';
import { declaredIn, framesOf } from '../../../../client/editor/typescript/names.ts';

const frames = (texts: readonly string[], whole?: number) =>
  framesOf(
    texts.map((text, index) => [index, declaredIn(text)] as const),
    (index) => `/${index}`,
    whole,
  );

describe('names', () => {
  it('are those declared at the top, taken apart where they are', () => {
    const text =
      'const a = 1, { b, c: [d = 1, ...e], ...f } = x; let g; var h\nfunction i() { const no = 1 }\nclass j {}\n' +
      'interface k {}; type l = 1; import m, { n as o } from "p"; import * as q from "r"; export const s = 1; { let no }';
    const { names, exported } = declaredIn(text);
    expect([...names].join('')).toBe('abdefghijklmoqs');
    expect([...exported]).toEqual(['s']);
  });

  it('are those of a text that is half written', () => {
    expect([...declaredIn('const a = f(x => {\nconst b').names]).toEqual(['a']);
    expect([...declaredIn('let \nconst c = `${').names]).toContain('c');
  });
});

describe('frames', () => {
  it('import from the nearest earlier paragraph what a text says, and export its own', () => {
    expect([...frames(['const a = 1, b = 2', 'let a = b', 'a + b + c', 'const c = 1']).values()]).toEqual([
      { head: '\n', tail: '\n;export { a, b };' },
      { head: 'import { b } from "/0";\n', tail: '\n;export { a };' },
      { head: 'import { a } from "/1";import { b } from "/0";\n', tail: '\n;export {  };' },
      { head: '\n', tail: '\n;export { c };' },
    ]);
  });

  it('import all that there is where somebody completes a word', () => {
    expect(frames(['const a = 1, b = 2', 'let a = 3', ''], 2).get(2)?.head).toBe(
      'import { a } from "/1";import { b } from "/0";\n',
    );
  });
});
