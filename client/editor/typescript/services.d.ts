/** What is used of the compiler that Monaco ships, which comes without types. Names and meanings as in TypeScript 5.9. */
declare module 'monaco-editor/languages/features/typescript/lib/typescriptServices' {
  export namespace typescript {
    type SyntaxKind = number & { readonly kind: unique symbol };
    interface Node {
      readonly kind: SyntaxKind;
      readonly pos: number;
      readonly end: number;
      readonly parent: Node;
      getStart(file?: SourceFile): number;
      getEnd(): number;
    }
    interface Identifier extends Node {
      readonly text: string;
    }
    interface StringLiteralLike extends Node {
      readonly text: string;
    }
    interface CallExpression extends Node {
      readonly expression: Node;
      readonly arguments: readonly Node[];
    }
    interface BindingPattern extends Node {
      readonly elements: readonly (Node & { readonly name?: Node })[];
    }
    interface PropertyAccessExpression extends Node {
      readonly expression: Node;
      readonly name: Node;
    }
    interface PropertyAssignment extends Node {
      readonly name: Node;
      readonly initializer: Node;
    }
    interface ObjectLiteralExpression extends Node {
      readonly properties: readonly Node[];
    }
    interface FunctionLike extends Node {
      readonly parameters: readonly Node[];
    }
    interface TypeChecker {
      getSymbolAtLocation(node: Node): { readonly valueDeclaration?: Node } | undefined;
      getResolvedSignature(
        call: CallExpression,
      ): { readonly declaration?: Node & { getSourceFile(): SourceFile } } | undefined;
    }
    interface Program {
      getSourceFile(file: string): SourceFile | undefined;
      getTypeChecker(): TypeChecker;
    }
    interface Statement extends Node {
      readonly name?: Node;
      readonly modifiers?: readonly Node[];
    }
    interface VariableStatement extends Statement {
      readonly declarationList: Node & {
        readonly flags: number;
        readonly declarations: readonly (Node & { readonly name: Node })[];
      };
    }
    interface ImportDeclaration extends Statement {
      readonly importClause:
        | {
            readonly name?: Identifier;
            readonly namedBindings?: Node & {
              readonly name?: Identifier;
              readonly elements?: readonly (Node & { readonly name: Identifier })[];
            };
          }
        | undefined;
    }
    interface SourceFile extends Node {
      readonly fileName: string;
      readonly statements: readonly Statement[];
      readonly parseDiagnostics: readonly Diagnostic[];
    }

    interface TextSpan {
      readonly start: number;
      readonly length: number;
    }
    interface SymbolDisplayPart {
      readonly text: string;
      readonly kind: string;
    }
    interface JSDocTagInfo {
      readonly name: string;
      readonly text?: readonly SymbolDisplayPart[];
    }
    type MessageChain = {
      readonly messageText: string;
      readonly next?: readonly MessageChain[];
    };
    interface Diagnostic {
      readonly code: number;
      readonly category: number;
      readonly start?: number;
      readonly length?: number;
      readonly messageText: string | MessageChain;
    }
    interface CompletionEntry {
      readonly name: string;
      readonly kind: string;
      readonly kindModifiers?: string;
      readonly sortText: string;
      readonly insertText?: string;
      readonly source?: string;
      readonly replacementSpan?: TextSpan;
    }
    interface CompletionInfo {
      readonly optionalReplacementSpan?: TextSpan;
      readonly entries: readonly CompletionEntry[];
    }
    interface Described {
      readonly displayParts?: readonly SymbolDisplayPart[];
      readonly documentation?: readonly SymbolDisplayPart[];
      readonly tags?: readonly JSDocTagInfo[];
    }
    interface QuickInfo extends Described {
      readonly textSpan: TextSpan;
    }
    interface SignatureHelpParameter {
      readonly displayParts: readonly SymbolDisplayPart[];
      readonly documentation: readonly SymbolDisplayPart[];
    }
    interface SignatureHelpItem {
      readonly prefixDisplayParts: readonly SymbolDisplayPart[];
      readonly suffixDisplayParts: readonly SymbolDisplayPart[];
      readonly separatorDisplayParts: readonly SymbolDisplayPart[];
      readonly parameters: readonly SignatureHelpParameter[];
      readonly documentation: readonly SymbolDisplayPart[];
    }
    interface SignatureHelpItems {
      readonly items: readonly SignatureHelpItem[];
      readonly selectedItemIndex: number;
      readonly argumentIndex: number;
    }

    interface ScriptSnapshot {
      getText(start: number, end: number): string;
      getLength(): number;
      getChangeRange(): undefined;
    }
    interface LanguageServiceHost {
      getCompilationSettings(): Record<string, unknown>;
      getScriptFileNames(): string[];
      getScriptVersion(file: string): string;
      getScriptSnapshot(file: string): ScriptSnapshot | undefined;
      getCurrentDirectory(): string;
      getDefaultLibFileName(): string;
      fileExists(file: string): boolean;
      readFile(file: string): string | undefined;
      resolveModuleNameLiterals(
        literals: readonly { readonly text: string }[],
      ): readonly { readonly resolvedModule: { resolvedFileName: string; extension: string } | undefined }[];
    }
    interface LanguageService {
      getSyntacticDiagnostics(file: string): readonly Diagnostic[];
      getSemanticDiagnostics(file: string): readonly Diagnostic[];
      getCompletionsAtPosition(file: string, at: number, preferences: unknown): CompletionInfo | undefined;
      getCompletionEntryDetails(
        file: string,
        at: number,
        name: string,
        format: undefined,
        source: string | undefined,
        preferences: unknown,
        data: undefined,
      ): Described | undefined;
      getQuickInfoAtPosition(file: string, at: number): QuickInfo | undefined;
      getSignatureHelpItems(file: string, at: number, options: unknown): SignatureHelpItems | undefined;
      getDefinitionAtPosition(file: string, at: number): readonly { readonly fileName: string }[] | undefined;
      getFormattingEditsForDocument(
        file: string,
        options: unknown,
      ): readonly { readonly span: TextSpan; readonly newText: string }[];
      getProgram(): Program | undefined;
    }

    const version: string;
    const ScriptTarget: { readonly ESNext: number };
    const ModuleKind: { readonly ESNext: number };
    const ModuleResolutionKind: { readonly Bundler: number };
    const NodeFlags: { readonly Const: number };
    const SyntaxKind: { readonly ExportKeyword: SyntaxKind; readonly AnyKeyword: SyntaxKind };
    function createSourceFile(file: string, text: string, target: number, setParents?: boolean): SourceFile;
    function createLanguageService(host: LanguageServiceHost): LanguageService;
    function isIdentifier(node: Node): node is Identifier;
    function isCallExpression(node: Node): node is CallExpression;
    function isStringLiteralLike(node: Node): node is StringLiteralLike;
    function isPropertyAccessExpression(node: Node): node is PropertyAccessExpression;
    function isPropertyAssignment(node: Node): node is PropertyAssignment;
    function isParameter(node: Node): boolean;
    function isBindingElement(node: Node): boolean;
    function isArrowFunction(node: Node): node is FunctionLike;
    function isFunctionExpression(node: Node): node is FunctionLike;
    function isObjectLiteralExpression(node: Node): node is ObjectLiteralExpression;
    function isArrayLiteralExpression(node: Node): boolean;
    function isParenthesizedExpression(node: Node): boolean;
    function isVariableStatement(node: Node): node is VariableStatement;
    function isImportDeclaration(node: Node): node is ImportDeclaration;
    function isObjectBindingPattern(node: Node): node is BindingPattern;
    function isArrayBindingPattern(node: Node): node is BindingPattern;
    function isExportAssignment(node: Node): boolean;
    function forEachChild<T>(node: Node, act: (child: Node) => T | undefined): T | undefined;
  }
}
