/**
 * What the session knows of SQL while it is written: marks under what a run would fail on, and what a name stands for.
 * Marks wait for a pause, and are looked at again when a run or a name elsewhere may have changed what there is.
 */
import { editor, type IDisposable, languages, MarkerSeverity, Range } from 'monaco-editor/editor';
import type { Fault } from '../../../server/protocol/messages.ts';
import { spanOf } from '../paper.ts';
import { schemaOf } from '../schema.ts';
import { type TablesLine, watchTables } from '../tables.ts';
import { type Marked, splitAtCaret } from './held.ts';
import { type Sources, toldAt } from './hover.ts';

export type ServeOptions = Sources & {
  readonly model: editor.ITextModel;
  readonly live: TablesLine;
  readonly check: (text: string) => Promise<readonly Fault[] | undefined>;
};

/** Marks wait for a pause. */
const PAUSE_MS = 400;
/** What the caret stands at waits longer: somebody may be thinking of the rest of the word. */
const LATER_MS = 900;
const OWNER = 'engine';
/** What may be there once an earlier paragraph has run. */
const LATER: ReadonlySet<string> = new Set(['unknown-table', 'file-not-found', 'named-result-gone']);

/** Returns the release. */
export function serveSql({ model, live, check, complete, tables }: ServeOptions): IDisposable {
  const filter = { pattern: model.uri.path, scheme: model.uri.scheme };
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looks = 0;

  async function look(): Promise<void> {
    if (model.isDisposed()) return;
    const version = model.getVersionId();
    looks += 1;
    const own = looks;
    const faults = await check(model.getValue()).catch(() => undefined);
    // Tables change, too: what was found of the text before that is no more.
    const isOver = (): boolean => own !== looks || model.isDisposed() || model.getVersionId() !== version;
    if (!faults || isOver()) return;
    const marks = marksOf(model, faults);
    // What stands there already does not go and come again.
    const shown = new Set(editor.getModelMarkers({ owner: OWNER, resource: model.uri }).map(({ message }) => message));
    const isShown = ({ message }: Mark): boolean => shown.has(message);
    const { now, later } = splitAtCaret(
      marks.filter((mark) => !isShown(mark)),
      caretIn(model),
    );
    editor.setModelMarkers(model, OWNER, [...marks.filter(isShown), ...now].map(markerOf));
    if (later.length === 0) return;
    timer = setTimeout(() => {
      if (!isOver()) editor.setModelMarkers(model, OWNER, marks.map(markerOf));
    }, LATER_MS);
  }
  const markerOf = ({ start, end, ...said }: Mark): editor.IMarkerData => ({
    ...Range.fromPositions(model.getPositionAt(start), model.getPositionAt(end)),
    ...said,
  });
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), PAUSE_MS);
  };
  const held: IDisposable[] = [
    languages.registerHoverProvider(filter, {
      provideHover: async (_model, position, token) => {
        const told = await toldAt(model.getValue(), model.getOffsetAt(position), { complete, tables }).catch(
          () => undefined,
        );
        if (!told || token.isCancellationRequested || model.isDisposed()) return undefined;
        const range = Range.fromPositions(model.getPositionAt(told.start), model.getPositionAt(told.end));
        const code = told.kind === 'table' ? told.name : `${told.name} ${told.detail}`;
        const name = { value: `\`\`\`sql\n${code.replaceAll(/[\s`]+/g, ' ')}\n\`\`\`` };
        return { range, contents: told.kind === 'table' ? [name, { value: schemaOf(told.table) }] : [name] };
      },
    }),
    model.onDidChangeContent(soon),
    { dispose: watchTables(live, soon) },
  ];
  soon();
  return {
    dispose: () => {
      clearTimeout(timer);
      for (const each of held) each.dispose();
      if (!model.isDisposed()) editor.setModelMarkers(model, OWNER, []);
    },
  };
}

type Mark = Marked & Pick<editor.IMarkerData, 'message' | 'severity'>;

/** Of whoever writes in it. */
function caretIn(model: editor.ITextModel): number | undefined {
  const position = editor
    .getEditors()
    .find((one) => one.getModel() === model && one.hasWidgetFocus())
    ?.getPosition();
  return position ? model.getOffsetAt(position) : undefined;
}

function marksOf(model: editor.ITextModel, faults: readonly Fault[]): readonly Mark[] {
  const text = model.getValue();
  // A failed run has marked its own place already.
  const marked = new Set(editor.getModelMarkers({ owner: 'run', resource: model.uri }).map(({ message }) => message));
  return faults.flatMap((fault) => {
    const span = spanOf(text, { kind: 'error', ...fault });
    const message = fault.hint === undefined ? fault.message : `${fault.message}\n${fault.hint}`;
    if (!span || marked.has(message)) return [];
    return [{ ...span, message, severity: LATER.has(fault.code) ? MarkerSeverity.Warning : MarkerSeverity.Error }];
  });
}
