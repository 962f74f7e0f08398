/**
 * What the notebook asks of an editor, and what an editor asks of the notebook. `Source` shows one paragraph's text:
 * coloured at once without Monaco, a plain text field while Monaco is on its way, a Monaco editor when near the viewport
 * and in use. All three edit the same Y.Text.
 */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { Completion } from '../../server/protocol/messages.ts';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import type { LiveNotebook } from '../live/contract.ts';
import type { Analyst } from './typescript/contract.ts';

/** What a key in an editor means for the notebook. The editor has not acted on it. */
export type EditorCommand =
  | { readonly type: 'run' } // Ctrl/⌘+Enter
  | { readonly type: 'run-and-advance' } // Shift+Enter
  | { readonly type: 'run-and-insert' } // Alt+Enter
  | { readonly type: 'run-above' } // Ctrl/⌘+Shift+Enter: all above and this
  | { readonly type: 'leave' } // Esc
  | { readonly type: 'previous' } // ↑ on the first line
  | { readonly type: 'next' } // ↓ on the last line
  | { readonly type: 'split'; readonly offset: number } // Ctrl/⌘+Alt+Enter
  | { readonly type: 'merge-up' } // Backspace at the very start
  | { readonly type: 'insert-menu' } // `/` in an empty paragraph
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'find' }
  | { readonly type: 'palette' }
  | { readonly type: 'save' }
  | { readonly type: 'format' } // Shift+Alt+F
  | { readonly type: 'rename-result'; readonly offset: number }; // F2

export type SourceProps = {
  readonly live: LiveNotebook;
  readonly analyst: Analyst;
  readonly paragraph: ParagraphId;
  /** The interpreter's name; picks the colouring. */
  readonly interpreter: string;
  /** Whether the caret is (to be) here. */
  readonly editing: boolean;
  /** Where the caret goes when editing begins. */
  readonly caret?: 'start' | 'end' | number;
  readonly errors: readonly ErrorOutput[];
  readonly placeholder?: string;
  /** What the page knows by itself; undefined where the session is to be asked. */
  readonly complete?: (text: string, offset: number) => readonly Completion[] | undefined;
  readonly onCommand: (command: EditorCommand) => void;
  readonly onFocus: () => void;
};
