/** What the compiler knows, in one Monaco model: completion, hover, parameters, and marks under what is wrong. */
import {
  type CancellationToken,
  editor,
  type IDisposable,
  languages,
  MarkerSeverity,
  type Position,
  Range,
} from 'monaco-editor/editor';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { editorWords } from '../../words/editor.ts';
import { schemaOf } from '../schema.ts';
import type { Analyst, Description, Remark, Span, Suggestion } from './contract.ts';

export type ServeOptions = {
  readonly model: editor.ITextModel;
  readonly paragraph: ParagraphId;
  readonly analyst: Analyst;
  /** Names of the notebook's tables now. */
  readonly tables: () => Promise<readonly string[]>;
};

/** Marks wait for a pause: a word half typed is wrong all the time. */
const PAUSE_MS = 400;
const OWNER = 'types';

/** Returns the release. */
export function serve({ model, paragraph, analyst, tables }: ServeOptions): IDisposable {
  const filter = { pattern: model.uri.path, scheme: model.uri.scheme };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const offsetOf = (position: Position): number => model.getOffsetAt(position);
  const rangeOf = ({ start, end }: Span): Range =>
    Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end));

  async function check(): Promise<void> {
    const version = model.getVersionId();
    const remarks = await analyst.ask(paragraph, { kind: 'check' });
    if (!remarks || model.isDisposed() || model.getVersionId() !== version) return;
    const markers = remarks.map((remark) => ({
      ...rangeOf(remark),
      message: messageOf(remark),
      severity: remark.weight === 'error' ? MarkerSeverity.Error : MarkerSeverity.Warning,
    }));
    editor.setModelMarkers(model, OWNER, markers);
  }
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void check(), PAUSE_MS);
  };

  const completion: languages.CompletionItemProvider = {
    triggerCharacters: ['.', '"', "'", '`'],
    provideCompletionItems: async (asked, position, _context, token) => {
      if (asked !== model) return { suggestions: [] };
      const offset = offsetOf(position);
      const found = await analyst.ask(paragraph, { kind: 'complete', offset });
      if (!found || isOver(token)) return { suggestions: [] };
      if (found.table) {
        const range = rangeOf(found.table);
        const names = await tables().catch(() => []);
        return { suggestions: isOver(token) ? [] : names.map((name) => tableItem(name, range)) };
      }
      const word = model.getWordUntilPosition(position);
      const here = new Range(position.lineNumber, word.startColumn, position.lineNumber, word.endColumn);
      return {
        suggestions: found.items.map((item) => suggestion(item, item.replaces ? rangeOf(item.replaces) : here, offset)),
      };
    },
    resolveCompletionItem: async (item) => {
      if (!('offset' in item) || typeof item.offset !== 'number' || typeof item.label !== 'string') return item;
      const found = await analyst.ask(paragraph, { kind: 'describe', offset: item.offset, name: item.label });
      if (!found) return item;
      const value = found.table ? schemaOf(found.table, found.table.of) : found.text;
      return { ...item, detail: found.code, documentation: { value } };
    },
  };
  const isOver = (token: CancellationToken): boolean => token.isCancellationRequested || model.isDisposed();

  const held: IDisposable[] = [
    languages.registerCompletionItemProvider(filter, completion),
    languages.registerHoverProvider(filter, {
      provideHover: async (_model, position) => {
        const found = await analyst.ask(paragraph, { kind: 'hover', offset: offsetOf(position) });
        return found && !model.isDisposed() ? { range: rangeOf(found), contents: contentsOf(found) } : undefined;
      },
    }),
    languages.registerSignatureHelpProvider(filter, {
      signatureHelpTriggerCharacters: ['(', ','],
      provideSignatureHelp: async (_model, position) => {
        const found = await analyst.ask(paragraph, { kind: 'parameters', offset: offsetOf(position) });
        if (!found) return undefined;
        const signatures = found.signatures.map(({ label, text, parameters }) => ({
          label,
          documentation: { value: text },
          parameters: parameters.map((each) => ({ label: each.label, documentation: { value: each.text } })),
        }));
        return {
          value: { signatures, activeSignature: found.signature, activeParameter: found.parameter },
          dispose: () => {},
        };
      },
    }),
    model.onDidChangeContent(soon),
    { dispose: analyst.onChange(soon) },
  ];
  void check();
  return {
    dispose: () => {
      clearTimeout(timer);
      for (const each of held) each.dispose();
      if (!model.isDisposed()) editor.setModelMarkers(model, OWNER, []);
    },
  };
}

const contentsOf = ({ code, text, table }: Description) => [
  ...(code === '' ? [] : [{ value: `\`\`\`typescript\n${code}\n\`\`\`` }]),
  ...(text === '' ? [] : [{ value: text }]),
  ...(table ? [{ value: schemaOf(table, table.of) }] : []),
];

function messageOf(remark: Remark): string {
  if ('column' in remark) return editorWords.noColumn(remark.column, remark.meant);
  return 'table' in remark ? editorWords.noTable(remark.table) : remark.message;
}

function suggestion(item: Suggestion, range: Range, offset: number): languages.CompletionItem & { offset: number } {
  return {
    label: item.name,
    kind: KINDS.get(item.kind) ?? languages.CompletionItemKind.Property,
    insertText: item.insert ?? item.name,
    sortText: item.sort,
    range,
    offset,
  };
}

const tableItem = (name: string, range: Range): languages.CompletionItem => ({
  label: name,
  kind: languages.CompletionItemKind.Class,
  insertText: name,
  range,
});

const KINDS: ReadonlyMap<string, languages.CompletionItemKind> = new Map([
  ['keyword', languages.CompletionItemKind.Keyword],
  ['primitive type', languages.CompletionItemKind.Keyword],
  ['var', languages.CompletionItemKind.Variable],
  ['let', languages.CompletionItemKind.Variable],
  ['const', languages.CompletionItemKind.Variable],
  ['local var', languages.CompletionItemKind.Variable],
  ['alias', languages.CompletionItemKind.Variable],
  ['parameter', languages.CompletionItemKind.Variable],
  ['property', languages.CompletionItemKind.Field],
  ['getter', languages.CompletionItemKind.Field],
  ['setter', languages.CompletionItemKind.Field],
  ['function', languages.CompletionItemKind.Function],
  ['local function', languages.CompletionItemKind.Function],
  ['method', languages.CompletionItemKind.Method],
  ['class', languages.CompletionItemKind.Class],
  ['interface', languages.CompletionItemKind.Interface],
  ['type', languages.CompletionItemKind.Interface],
  ['module', languages.CompletionItemKind.Module],
  ['string', languages.CompletionItemKind.Value],
]);
