/** The compiler's own layout of a paragraph. */
import { expect, it } from 'vitest';
import { apply } from '../../../../client/editor/splice.ts';
import { layoutOf } from '../../../../client/editor/typescript/layout.ts';

const laidOut = (source: string): string => (layoutOf(source) ?? []).reduce(apply, source);

it('puts blanks and indents where they belong, and breaks no line', () => {
  const source =
    "const late=flights\n.filter(f=>f.delay>60)\n    .select( 'origin' )\nif(late){\nawait display( late )   \n}";
  expect(laidOut(source)).toBe(
    "const late = flights\n  .filter(f => f.delay > 60)\n  .select('origin')\nif (late) {\n  await display(late)\n}",
  );
  expect(layoutOf(laidOut(source))).toEqual([]);
});

it('touches no text, and leaves what has errors', () => {
  expect(laidOut('const a=`x\n  ${ b }  y`')).toBe('const a = `x\n  ${b}  y`');
  expect(layoutOf('const a = (')).toBeUndefined();
});
