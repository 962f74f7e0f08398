/** Completion from the live session: asked after a short pause, given up when one types on. */
import { type CancellationToken, type editor, languages, Range } from 'monaco-editor/editor';
import type { Completion } from '../../server/protocol/messages.ts';

export type Complete = (text: string, offset: number) => Promise<readonly Completion[]>;

/** Long enough that a word typed in one go asks once, short enough not to be felt. */
const PAUSE_MS = 40;

const KINDS: Readonly<Record<Completion['kind'], languages.CompletionItemKind>> = {
  keyword: languages.CompletionItemKind.Keyword,
  table: languages.CompletionItemKind.Class,
  column: languages.CompletionItemKind.Field,
  file: languages.CompletionItemKind.File,
  function: languages.CompletionItemKind.Function,
  type: languages.CompletionItemKind.TypeParameter,
  other: languages.CompletionItemKind.Text,
};

/** Columns and tables of one's own data before the language's many words. */
const RANK: Readonly<Record<Completion['kind'], number>> = {
  column: 0,
  table: 1,
  file: 2,
  function: 3,
  keyword: 4,
  type: 5,
  other: 6,
};

export function completionsOf(model: editor.ITextModel, complete: Complete): languages.CompletionItemProvider {
  return {
    triggerCharacters: ['.', '/', "'", '"', '$'],
    provideCompletionItems: async (asked, position, _context, token) => {
      if (asked !== model || !(await pause(token))) return { suggestions: [] };
      const offset = model.getOffsetAt(position);
      const items = await complete(model.getValue(), offset).catch(() => []);
      if (token.isCancellationRequested || model.isDisposed()) return { suggestions: [] };
      const end = model.getPositionAt(offset);
      return {
        suggestions: items.map((item, index) => ({
          label: item.detail === undefined ? item.label : { label: item.label, description: item.detail },
          kind: KINDS[item.kind] ?? KINDS.other,
          insertText: item.insert,
          range: Range.fromPositions(model.getPositionAt(Math.min(item.start, offset)), end),
          filterText: model
            .getValueInRange(Range.fromPositions(model.getPositionAt(Math.min(item.start, offset)), end))
            .startsWith('"')
            ? item.insert
            : item.label,
          sortText: `${RANK[item.kind] ?? 6}${String(index).padStart(5, '0')}`,
        })),
      };
    },
  };
}

/** False if the answer is not wanted any more. */
function pause(token: CancellationToken): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      listener.dispose();
      resolve(true);
    }, PAUSE_MS);
    const listener = token.onCancellationRequested(() => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}
