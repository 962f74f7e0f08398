/** What the compiler says, as the page takes it: descriptions, parameters of calls, marks. Pure. */
import { typescript as ts } from 'monaco-editor/languages/features/typescript/lib/typescriptServices';
import type { Description, Parameters, Remark } from './contract.ts';

export const joined = (parts: readonly ts.SymbolDisplayPart[] | undefined): string =>
  (parts ?? []).map(({ text }) => text).join('');

export function description({ displayParts, documentation, tags }: ts.Described): Description {
  const code = joined(displayParts)
    // A name of an earlier paragraph is an import to the compiler, and none to the person.
    .replace(/^\(alias\) /, '')
    .replace(/\nimport [\p{L}\p{N}_$]+$/u, '');
  const examples = (tags ?? []).filter(({ name }) => name === 'example');
  const shown = examples.map(({ text }) => fenced(joined(text)));
  return { code, text: [joined(documentation), ...shown].filter((part) => part !== '').join('\n\n') };
}

const fenced = (code: string): string => (code.includes('```') ? code : `\`\`\`ts\n${code}\n\`\`\``);

export function parameters(help: ts.SignatureHelpItems | undefined): Parameters | undefined {
  if (!help) return undefined;
  return {
    signature: help.selectedItemIndex,
    parameter: help.argumentIndex,
    signatures: help.items.map((item) => {
      const list = item.parameters.map(({ displayParts, documentation }) => ({
        label: joined(displayParts),
        text: joined(documentation),
      }));
      const middle = list.map(({ label }) => label).join(joined(item.separatorDisplayParts));
      return {
        label: joined(item.prefixDisplayParts) + middle + joined(item.suffixDisplayParts),
        text: joined(item.documentation),
        parameters: list,
      };
    }),
  };
}

/** Makes `await` at the top what it is in a paragraph. */
export const MODULE = 'export {};\n';

/** Of the text alone: where a bracket is not closed, the frame behind it would be blamed. */
export const syntaxErrors = (text: string): readonly ts.Diagnostic[] =>
  ts.createSourceFile('syntax.ts', MODULE + text, ts.ScriptTarget.ESNext).parseDiagnostics;

/** What is said of the frame around the text is nobody's fault. */
export function remark(found: ts.Diagnostic, weight: Remark['weight'], ahead: number, length: number): Remark[] {
  if (found.start === undefined || found.start < ahead) return [];
  const from = found.start - ahead;
  if (from > length || (from === length && weight === 'doubt')) return [];
  const end = Math.min(length, from + Math.max(1, found.length ?? 1));
  // What is missing at the very end is shown at the last letter.
  const start = Math.min(from, Math.max(0, length - 1));
  return [{ start, end, weight, message: flat(found.messageText) }];
}

export function flat(message: ts.Diagnostic['messageText'], depth = 0): string {
  if (typeof message === 'string') return message;
  const inner = (message.next ?? []).map((each) => `\n${'  '.repeat(depth + 1)}${flat(each, depth + 1)}`);
  return message.messageText + inner.join('');
}
