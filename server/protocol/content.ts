/**
 * The long part of an output: what lies in segment files instead of the record, and what pages fetch when they need it.
 * One pair of functions knows which field it is, so that storing, cutting and fetching treat every kind alike; another
 * pair knows where results stand, in tables and in charts.
 */
import { INLINE_MADE_CHARACTERS, type MadeOutput, type Output, type Rows, type TextOutput } from './outputs.ts';

/** Outputs that have one. */
export type LongOutput = TextOutput | MadeOutput;

export const isLong = (output: Output): output is LongOutput => output.kind !== 'table' && output.kind !== 'error';
export const isMade = (output: Output): output is MadeOutput => isLong(output) && output.kind !== 'text';

export function contentOf(output: LongOutput): string {
  switch (output.kind) {
    case 'text':
    case 'markdown':
      return output.text;
    case 'html':
      return output.html;
    case 'image':
      return output.data;
    case 'chart':
      return output.spec;
  }
}

/** The same output with other content. */
export function withContent<T extends LongOutput>(output: T, content: string): T {
  switch (output.kind) {
    case 'text':
    case 'markdown':
      return { ...output, text: content };
    case 'html':
      return { ...output, html: content };
    case 'image':
      return { ...output, data: content };
    case 'chart':
      return { ...output, spec: content };
  }
}

/** As pages are sent it: a part of a picture or a chart is of no use, so a long one comes without any. */
export function shortened(output: Output): Output {
  if (!isMade(output)) return output;
  const { length } = contentOf(output);
  return length <= INLINE_MADE_CHARACTERS ? output : { ...withContent(output, ''), cut: length };
}

/** The results that an output shows. */
export function tablesOf(output: Output): readonly Rows[] {
  if (output.kind === 'table') return [output];
  return output.kind === 'chart' ? output.data : [];
}

/** The output with each of its results as `change` has it. */
export function withTables<T extends Output>(output: T, change: (rows: Rows) => Rows): T;
export function withTables(output: Output, change: (rows: Rows) => Rows): Output {
  if (output.kind === 'table') {
    const { kind, name, ...rows } = output;
    return { kind, ...(name === undefined ? {} : { name }), ...change(rows) };
  }
  if (output.kind !== 'chart') return output;
  return { ...output, data: output.data.map(({ name, ...rows }) => ({ name, ...change(rows) })) };
}

/** Rows are sent once and fetched afterwards. */
export const withoutBlock = ({ block: _, ...rows }: Rows): Rows => rows;
