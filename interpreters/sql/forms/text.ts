/** A text in quotes with forms in it, as the text that it says: what `'%' || $q || '%'` would, put together here. */
import type { FormInput } from '../../forms.ts';
import type { Placeholder, Quoted } from '../../placeholders.ts';

export type Said =
  /** `null` as SQL has it: with nothing in it the whole is nothing. `written`: all of it stands in the author's text. */
  | { readonly text: string | null; readonly written: boolean }
  | { readonly why: string; readonly at: { readonly start: number; readonly end: number } };

export function inText(
  source: string,
  quoted: Quoted,
  placeholders: readonly Placeholder[],
  inputOf: (name: string) => FormInput | undefined,
): Said {
  const read = (from: number, to: number): string =>
    quoted.escaped ? unescaped(source.slice(from, to)) : source.slice(from, to).replaceAll("''", "'");
  let text: string | null = '';
  let written = true;
  let at = quoted.start + (quoted.escaped ? 2 : 1);
  for (const placeholder of placeholders) {
    const input = inputOf(placeholder.name);
    if (!input) return { why: `There is no form “${placeholder.name}”.`, at: placeholder };
    if (input.type === 'multi-select')
      return { why: "A list is no text: write array_to_string($name, ', ').", at: placeholder };
    if (input.type === 'date-range')
      return {
        why: `A range is two days: write \${${placeholder.name}_from} and \${${placeholder.name}_to}.`,
        at: placeholder,
      };
    written &&= input.type === 'select' && input.written;
    const { value } = input;
    text = text === null || value === null ? null : text + read(at, placeholder.start) + String(value);
    at = placeholder.end;
  }
  return { text: text === null ? null : text + read(at, quoted.end - 1), written };
}

const SIGNS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/** As the engine reads E'…'. */
const unescaped = (text: string): string =>
  text.replaceAll(
    /''|\\(?:x([0-9a-fA-F]{1,2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{1,3})|([\s\S]))/g,
    (all, hex?: string, short?: string, long?: string, octal?: string, sign?: string) => {
      if (all === "''") return "'";
      if (sign !== undefined) return SIGNS[sign] ?? sign;
      const point = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '0', 16) : Number.parseInt(octal, 8);
      return point <= 0x10ffff ? String.fromCodePoint(point) : all;
    },
  );
