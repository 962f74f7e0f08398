/**
 * Monaco, loaded when somebody writes and then pauses. It takes the plain field's place over the same paper: caret,
 * selection and focus go on. What the notebook decides (keys, undo, errors, other people) comes from outside.
 */
import './features.ts';
import { editor, type IDisposable, languages, MarkerSeverity, type Position, Range, Uri } from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import type * as Y from 'yjs';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { Fault, SessionTable } from '../../server/protocol/messages.ts';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import { type Complete, completionsOf } from './completion.ts';
import { bringLanguage, registerLanguages } from './languages.ts';
import { bindModel } from './model.ts';
import { giveNonce } from './nonce.ts';
import { spanOf } from './paper.ts';
import { serveSql } from './sql/serve.ts';
import type { TablesLine } from './tables.ts';
import { themeOf, whenColoursChange } from './theme.ts';
import type { Analyst } from './typescript/contract.ts';
import { serve } from './typescript/serve.ts';

export type MountOptions = {
  readonly host: HTMLElement;
  readonly text: Y.Text;
  readonly interpreter: string;
  readonly label: string;
  readonly origin: object;
  readonly undo: object;
  readonly anchor: number;
  readonly head: number;
  /** The text is so long that the editor scrolls in itself. */
  readonly scrolls: boolean;
  readonly paragraph: ParagraphId;
  readonly analyst: Analyst;
  readonly complete: Complete;
  readonly live: TablesLine;
  /** What a run of the text would fail with. */
  readonly check: (text: string) => Promise<readonly Fault[] | undefined>;
  readonly tables: () => Promise<readonly SessionTable[]>;
  readonly onHeight: (height: number) => void;
  readonly onSelection: () => void;
  readonly onFocus: () => void;
  readonly onBlur: () => void;
  readonly onDispose: () => void;
};

export type Mounted = {
  focus(): void;
  readonly focused: boolean;
  /** Completion, a hover or a menu is open. */
  readonly busy: boolean;
  readonly selection: { readonly anchor: number; readonly head: number };
  select(anchor: number, head: number): void;
  replace(from: number, to: number, written: string): void;
  /** Offers completions, as if the last letter had been typed here. */
  suggest(): void;
  /** Closes what it offers. */
  quiet(): void;
  readonly firstLine: boolean;
  readonly lastLine: boolean;
  setErrors(errors: readonly ErrorOutput[]): void;
  setInterpreter(interpreter: string): void;
  dispose(): void;
};

/** Beyond these the ones not in use go: an editor costs a few megabytes and 25–60 ms. */
const MOST_EDITORS = 4;

export const FONT_SIZE = 13;
export const LINE_HEIGHT = 21;
export const PADDING = { top: 6, bottom: 10, left: 12 } as const;

globalThis.MonacoEnvironment = { getWorker: () => new EditorWorker() };
giveNonce(document);
registerLanguages();
whenColoursChange((dark) => {
  const style = getComputedStyle(document.documentElement);
  editor.defineTheme(
    'gondola',
    themeOf((variable) => style.getPropertyValue(variable), dark),
  );
  editor.setTheme('gondola');
});
void document.fonts?.ready.then(() => editor.remeasureFonts());

export async function mount(options: MountOptions): Promise<() => Mounted> {
  const language = await bringLanguage(options.interpreter);
  return () => create(options, language);
}

function create(options: MountOptions, language: string): Mounted {
  makeRoom();
  const { host, text } = options;
  // Made empty and filled by the binding: a model would swallow a byte order mark at its start.
  const model = editor.createModel('', language, Uri.parse(`paragraph:/${crypto.randomUUID()}`));
  model.setEOL(editor.EndOfLineSequence.LF);
  model.updateOptions({
    tabSize: 2,
    insertSpaces: true,
    bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
  });
  const overflow = document.body.appendChild(document.createElement('div'));
  overflow.className = 'monaco-editor source-overflow';
  const unbind = bindModel(model, text, {
    origin: options.origin,
    undo: options.undo,
    onUndone: (offset) => code.setPosition(model.getPositionAt(offset)),
  });
  const code = editor.create(host, {
    ...SETTINGS,
    model,
    ariaLabel: options.label,
    fontFamily: getComputedStyle(host).fontFamily,
    overflowWidgetsDomNode: overflow,
    ...(options.scrolls ? SCROLLING : {}),
  });
  let help = helpWith(language, model, options);
  const held: IDisposable[] = [
    { dispose: () => help.dispose() },
    code.onDidChangeCursorSelection(() => options.onSelection()),
    code.onDidFocusEditorWidget(() => options.onFocus()),
    code.onDidBlurEditorWidget(() => options.onBlur()),
    code.onDidContentSizeChange(() => options.onHeight(code.getContentHeight())),
  ];
  const sizes = new ResizeObserver(() => code.layout());
  sizes.observe(host);
  select(options.anchor, options.head);
  options.onHeight(code.getContentHeight());
  code.onDidDispose(() => {
    sizes.disconnect();
    for (const each of held) each.dispose();
    unbind();
    model.dispose();
    overflow.remove();
    options.onDispose();
  });

  function select(anchor: number, head: number): void {
    const [from, to] = [model.getPositionAt(anchor), model.getPositionAt(head)];
    code.setSelection({
      selectionStartLineNumber: from.lineNumber,
      selectionStartColumn: from.column,
      positionLineNumber: to.lineNumber,
      positionColumn: to.column,
    });
  }
  const top = (position: Position): number => code.getTopForPosition(position.lineNumber, position.column);
  const caretTop = (): number => top(code.getPosition()!);

  return {
    focus: () => code.focus(),
    get focused() {
      return code.hasWidgetFocus();
    },
    get busy() {
      return overflow.querySelector(OPEN) !== null || host.querySelector(OPEN) !== null;
    },
    get selection() {
      const now = code.getSelection()!;
      const offset = (lineNumber: number, column: number): number => model.getOffsetAt({ lineNumber, column });
      return {
        anchor: offset(now.selectionStartLineNumber, now.selectionStartColumn),
        head: offset(now.positionLineNumber, now.positionColumn),
      };
    },
    select,
    replace: (from, to, written) => {
      const range = Range.fromPositions(model.getPositionAt(from), model.getPositionAt(to));
      code.executeEdits('page', [{ range, text: written, forceMoveMarkers: true }]);
      code.setPosition(model.getPositionAt(from + written.length));
    },
    suggest: () => code.trigger('page', 'editor.action.triggerSuggest', { auto: true }),
    quiet: () => code.trigger('page', 'hideSuggestWidget', {}),
    get firstLine() {
      return caretTop() === top(model.getPositionAt(0));
    },
    get lastLine() {
      return caretTop() === top(model.getFullModelRange().getEndPosition());
    },
    setErrors: (errors) =>
      editor.setModelMarkers(
        model,
        'run',
        errors.flatMap((error) => {
          const span = spanOf(model.getValue(), error);
          if (!span) return [];
          const range = Range.fromPositions(model.getPositionAt(span.start), model.getPositionAt(span.end));
          const message = error.hint ? `${error.message}\n${error.hint}` : error.message;
          return [{ ...range, message, severity: MarkerSeverity.Error }];
        }),
      ),
    setInterpreter: (interpreter) => {
      void bringLanguage(interpreter).then((name) => {
        if (model.isDisposed() || model.getLanguageId() === name) return;
        editor.setModelLanguage(model, name);
        help.dispose();
        help = helpWith(name, model, options);
      });
    },
    dispose: () => code.dispose(),
  };
}

/** Completion and what else is known while one writes: of TypeScript by the compiler in the page, else by the session. */
function helpWith(language: string, model: editor.ITextModel, options: MountOptions): IDisposable {
  const { paragraph, analyst, complete, tables, live, check } = options;
  if (language === 'typescript') {
    return serve({ model, paragraph, analyst, tables: async () => (await tables()).map(({ name }) => name) });
  }
  const filter = { pattern: model.uri.path, scheme: model.uri.scheme };
  const completion = languages.registerCompletionItemProvider(filter, completionsOf(model, complete));
  if (language !== 'sql') return completion;
  const known = serveSql({ model, live, check, complete, tables });
  return {
    dispose: () => {
      completion.dispose();
      known.dispose();
    },
  };
}

/** What is open above the text and has a first claim on Esc and the arrows. */
const OPEN = '.suggest-widget.visible, .parameter-hints-widget.visible, .context-view[style*="display: block"]';

function makeRoom(): void {
  const idle = editor.getEditors().filter((each) => !each.hasWidgetFocus());
  for (let count = editor.getEditors().length; count >= MOST_EDITORS; count -= 1) idle.shift()?.dispose();
}

const SETTINGS: editor.IStandaloneEditorConstructionOptions = {
  theme: 'gondola',
  // The native text field: input methods are at home in it in every browser.
  editContext: false,
  fontSize: FONT_SIZE,
  lineHeight: LINE_HEIGHT,
  fontLigatures: true,
  padding: { top: PADDING.top, bottom: PADDING.bottom },
  lineNumbers: 'off',
  lineNumbersMinChars: 0,
  lineDecorationsWidth: PADDING.left,
  glyphMargin: false,
  folding: false,
  minimap: { enabled: false },
  wordWrap: 'on',
  wrappingStrategy: 'advanced',
  wrappingIndent: 'none',
  scrollBeyondLastLine: false,
  scrollBeyondLastColumn: 0,
  scrollbar: {
    vertical: 'hidden',
    horizontal: 'hidden',
    verticalScrollbarSize: 0,
    horizontalScrollbarSize: 0,
    handleMouseWheel: false,
    alwaysConsumeMouseWheel: false,
    useShadows: false,
  },
  overviewRulerLanes: 0,
  overviewRulerBorder: false,
  hideCursorInOverviewRuler: true,
  renderLineHighlight: 'none',
  renderWhitespace: 'none',
  guides: { indentation: false, bracketPairs: false },
  bracketPairColorization: { enabled: false },
  roundedSelection: false,
  occurrencesHighlight: 'off',
  links: false,
  dragAndDrop: false,
  stickyScroll: { enabled: false },
  fixedOverflowWidgets: true,
  wordBasedSuggestions: 'off',
  quickSuggestions: { other: true, comments: false, strings: true },
  acceptSuggestionOnEnter: 'smart',
  suggest: { showStatusBar: false, preview: false, showWords: false, showSnippets: false },
  unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: false, nonBasicASCII: false },
  automaticLayout: false,
  tabFocusMode: false,
};

const SCROLLING: editor.IStandaloneEditorConstructionOptions = {
  wrappingStrategy: 'simple',
  scrollbar: { vertical: 'auto', horizontal: 'auto', handleMouseWheel: true, alwaysConsumeMouseWheel: false },
};
