/**
 * Where the person is: nowhere, at a paragraph in command mode (with a range selected from `anchor` to `at`), or with the
 * caret in one. One value, so that two paragraphs are never both in use.
 */
import { type Accessor, createMemo, createSelector, createSignal } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';

export type Caret = 'start' | 'end' | number;

export type Focus =
  | { readonly mode: 'none' }
  | { readonly mode: 'command'; readonly at: ParagraphId; readonly anchor: ParagraphId }
  | { readonly mode: 'edit'; readonly at: ParagraphId; readonly caret: Caret | undefined };

export type FocusView = {
  readonly focus: Accessor<Focus>;
  readonly at: Accessor<ParagraphId | undefined>;
  /** All that a command acts on, in order. */
  readonly selected: Accessor<readonly ParagraphId[]>;
  readonly isAt: (id: ParagraphId) => boolean;
  readonly isEditing: (id: ParagraphId) => boolean;
  /** The one that Tab reaches. */
  readonly isEntry: (id: ParagraphId) => boolean;
  readonly isSelected: (id: ParagraphId) => boolean;
  select(id: ParagraphId): void;
  extend(id: ParagraphId): void;
  /** Without `caret` the editor's own place is kept: the person clicked there. */
  edit(id: ParagraphId, caret?: Caret): void;
  clear(): void;
};

export function openFocus(order: Accessor<readonly ParagraphId[]>): FocusView {
  const [focus, setFocus] = createSignal<Focus>({ mode: 'none' });
  const at = createMemo(() => atOf(focus()));
  const entry = createMemo(() => at() ?? order()[0]);
  const editing = createMemo(() => {
    const now = focus();
    return now.mode === 'edit' ? now.at : undefined;
  });
  const selected = createMemo(() => rangeOf(focus(), order()));
  // One set for all the times when nothing more than one is selected: a thousand paragraphs look at it.
  const chosen = createMemo<ReadonlySet<ParagraphId>>(() => (selected().length > 1 ? new Set(selected()) : nobody));
  return {
    focus,
    at,
    selected,
    isAt: createSelector(at),
    isEditing: createSelector(editing),
    isEntry: createSelector(entry),
    isSelected: (id) => chosen().has(id),
    select: (id) => setFocus({ mode: 'command', at: id, anchor: id }),
    extend(id) {
      const now = focus();
      const anchor = now.mode === 'command' ? now.anchor : (atOf(now) ?? id);
      setFocus({ mode: 'command', at: id, anchor });
    },
    edit(id, caret) {
      const now = focus();
      if (now.mode === 'edit' && now.at === id && (caret === undefined || now.caret === caret)) return;
      setFocus({ mode: 'edit', at: id, caret });
    },
    clear: () => setFocus({ mode: 'none' }),
  };
}

const nobody: ReadonlySet<ParagraphId> = new Set();

export const atOf = (focus: Focus): ParagraphId | undefined => (focus.mode === 'none' ? undefined : focus.at);

export function rangeOf(focus: Focus, order: readonly ParagraphId[]): readonly ParagraphId[] {
  if (focus.mode === 'none') return [];
  if (focus.mode === 'edit' || focus.at === focus.anchor) return order.includes(focus.at) ? [focus.at] : [];
  const a = order.indexOf(focus.anchor);
  const b = order.indexOf(focus.at);
  if (b < 0) return [];
  if (a < 0) return [focus.at];
  return order.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Where to be once `gone` are away: the next that stays, else the one before. */
export function neighbourOf(
  order: readonly ParagraphId[],
  gone: ReadonlySet<ParagraphId>,
  from: ParagraphId,
): ParagraphId | undefined {
  const index = order.indexOf(from);
  return order.slice(index + 1).find((id) => !gone.has(id)) ?? order.slice(0, index).findLast((id) => !gone.has(id));
}
