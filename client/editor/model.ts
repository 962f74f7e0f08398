/**
 * Two-way binding of Monaco's model and the shared text. Offsets are the same on both sides because both know only `\n`;
 * should they ever differ, the text wins.
 */
import type * as Y from 'yjs';
import { normalise, type Splice, splicesOf, write } from './splice.ts';

export type Position = { readonly lineNumber: number; readonly column: number };
export type ModelRange = {
  readonly startLineNumber: number;
  readonly startColumn: number;
  readonly endLineNumber: number;
  readonly endColumn: number;
};

/** What is used of Monaco's `ITextModel`. */
export type Model = {
  getValue(): string;
  getValueLength(): number;
  getPositionAt(offset: number): Position;
  getFullModelRange(): ModelRange;
  applyEdits(edits: { range: ModelRange; text: string }[]): unknown;
  onDidChangeContent(
    listener: (event: {
      readonly changes: readonly {
        readonly rangeOffset: number;
        readonly rangeLength: number;
        readonly text: string;
      }[];
    }) => void,
  ): { dispose(): void };
};

export type BindOptions = {
  readonly origin: object;
  readonly undo: object;
  /** Undo or redo changed the text here: the caret goes there. */
  readonly onUndone: (offset: number) => void;
};

/** Returns the release. */
export function bindModel(model: Model, text: Y.Text, options: BindOptions): () => void {
  let busy = false;

  const quietly = (act: () => void): void => {
    busy = true;
    try {
      act();
    } finally {
      busy = false;
    }
  };
  const edit = ({ at, remove, insert }: Splice): void => {
    const start = model.getPositionAt(at);
    const end = remove === 0 ? start : model.getPositionAt(at + remove);
    model.applyEdits([
      {
        range: {
          startLineNumber: start.lineNumber,
          startColumn: start.column,
          endLineNumber: end.lineNumber,
          endColumn: end.column,
        },
        text: insert,
      },
    ]);
  };
  const reconcile = (): void => {
    if (model.getValueLength() === text.length && model.getValue() === text.toString()) return;
    model.applyEdits([{ range: model.getFullModelRange(), text: text.toString() }]);
  };

  const observe = (event: Y.YTextEvent): void => {
    if (busy) return;
    const splices = splicesOf(event.delta);
    quietly(() => {
      for (const splice of splices) edit(splice);
      if (model.getValueLength() !== text.length) reconcile();
    });
    const last = splices.at(-1);
    if (last && event.transaction.origin === options.undo) options.onUndone(last.at + last.insert.length);
  };

  normalise(text, options.origin);
  quietly(reconcile);
  text.observe(observe);
  const listener = model.onDidChangeContent((event) => {
    if (busy) return;
    const splices = event.changes
      .map(({ rangeOffset, rangeLength, text: insert }) => ({ at: rangeOffset, remove: rangeLength, insert }))
      .sort((a, b) => b.at - a.at);
    quietly(() => {
      write(text, splices, options.origin);
      if (model.getValueLength() !== text.length) reconcile();
    });
  });
  return () => {
    listener.dispose();
    text.unobserve(observe);
  };
}
