/** Where a text names tables: `table('…')`, and constants that are tables. Pure. */
import { typescript as ts } from 'monaco-editor/languages/features/typescript/lib/typescriptServices';
import type { Span } from './contract.ts';

/** `const NAME: DataFrame<…>`, as the compiler says it. */
export const isConstantOf = (code: string, name: string): boolean => code.startsWith(`const ${name}: DataFrame`);

/** The inside of the text in `table('…')` at this place. */
export function tableAt(file: ts.SourceFile, at: number): (ts.TextSpan & { readonly text: string }) | undefined {
  const visit = (node: ts.Node): ReturnType<typeof tableAt> => {
    if (at <= node.getStart(file) || at > node.getEnd()) return undefined;
    const [first] = ts.isCallExpression(node) && isTable(node.expression) ? node.arguments : [];
    if (first && ts.isStringLiteralLike(first) && at > first.getStart(file) && at <= first.getEnd()) {
      const start = first.getStart(file) + 1;
      // While its quote is not closed the text goes up to the line's end.
      const closed = first.text.length === first.getEnd() - start - 1;
      const end = closed ? first.getEnd() - 1 : first.getEnd();
      return at <= end ? { start, length: end - start, text: first.text } : undefined;
    }
    return ts.forEachChild(node, visit);
  };
  return ts.forEachChild(file, visit);
}

const isTable = (node: ts.Node): boolean => ts.isIdentifier(node) && node.text === 'table';

/** The texts of all calls `table('…')`, with their quotes. */
export function tablesIn(file: ts.SourceFile): readonly (Span & { readonly text: string })[] {
  const found: (Span & { readonly text: string })[] = [];
  const visit = (node: ts.Node): undefined => {
    const [first] = ts.isCallExpression(node) && isTable(node.expression) ? node.arguments : [];
    if (first && ts.isStringLiteralLike(first)) {
      found.push({ text: first.text, start: first.getStart(file), end: first.getEnd() });
    }
    ts.forEachChild(node, visit);
  };
  ts.forEachChild(file, visit);
  return found;
}
