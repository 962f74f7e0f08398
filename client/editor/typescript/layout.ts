/** The layout of a paragraph by the compiler's own formatter, which asks of its syntax alone. Pure. */
import { typescript as ts } from 'monaco-editor/languages/features/typescript/lib/typescriptServices';
import type { Layout } from './contract.ts';
import { MODULE, syntaxErrors } from './said.ts';

const FILE = '/layout.ts';

/** As TypeScript in this project is written, where its formatter has a say: two spaces, lines as their author broke them. */
const STYLE = {
  baseIndentSize: 0,
  indentSize: 2,
  tabSize: 2,
  newLineCharacter: '\n',
  convertTabsToSpaces: true,
  /** Smart. */
  indentStyle: 2,
  trimTrailingWhitespace: true,
  insertSpaceAfterCommaDelimiter: true,
  insertSpaceAfterSemicolonInForStatements: true,
  insertSpaceBeforeAndAfterBinaryOperators: true,
  insertSpaceAfterKeywordsInControlFlowStatements: true,
  insertSpaceAfterFunctionKeywordForAnonymousFunctions: true,
  insertSpaceAfterOpeningAndBeforeClosingNonemptyBraces: true,
  insertSpaceAfterOpeningAndBeforeClosingTemplateStringBraces: false,
  placeOpenBraceOnNewLineForFunctions: false,
  placeOpenBraceOnNewLineForControlBlocks: false,
  semicolons: 'ignore',
} as const;

/** From the end of the text to its start; undefined where it has errors: a layout would only spread them. */
export function layoutOf(text: string): readonly Layout[] | undefined {
  if (syntaxErrors(text).length > 0) return undefined;
  const whole = MODULE + text;
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({ target: ts.ScriptTarget.ESNext }),
    getScriptFileNames: () => [FILE],
    getScriptVersion: () => '1',
    getScriptSnapshot: () => ({
      getText: (start, end) => whole.slice(start, end),
      getLength: () => whole.length,
      getChangeRange: () => undefined,
    }),
    getCurrentDirectory: () => '/',
    getDefaultLibFileName: () => '/lib.d.ts',
    fileExists: (file) => file === FILE,
    readFile: () => whole,
    resolveModuleNameLiterals: (literals) => literals.map(() => ({ resolvedModule: undefined })),
  });
  return service
    .getFormattingEditsForDocument(FILE, STYLE)
    .flatMap(({ span, newText }): Layout[] => {
      const at = span.start - MODULE.length;
      return at < 0 ? [] : [{ at, remove: span.length, insert: newText }];
    })
    .toSorted((a, b) => b.at - a.at);
}
