/** What the palette offers on a notebook page. */
import { isFormattable } from '../editor/format/known.ts';
import type { Entry } from '../palette/pick.ts';
import { words } from '../words/en.ts';
import { CHANGES, RUNS } from './commands.ts';
import type { NotebookContext } from './context.ts';
import { interpreters, labelOf } from './interpreters.ts';
import { type Command, keyHint } from './keys.ts';
import type { Named } from './naming.ts';
import { isBusy } from './restart.ts';

/** So many of this notebook's own stand among the rest; finding lists them all. */
const PARAGRAPHS = 8;
/** Characters of a line: what fits, and what of it stands before the word. */
const LINE = 120;
const BEFORE = 30;

/** In the order they are shown before anything is typed. */
const COMMANDS: readonly Command[] = [
  'run-all',
  'run',
  'run-above',
  'run-below',
  'run-needs',
  'use-kept',
  'run-stale',
  'runs',
  'stop',
  'stop-all',
  'insert-below',
  'insert-above',
  'delete',
  'duplicate',
  'move-up',
  'move-down',
  'name',
  'rename-result',
  'format',
  'widen',
  'copy-link',
  'find',
  'tables',
  'history',
  'graph',
  'save',
  'undo',
  'redo',
  'title',
  'forms',
  'interrupt',
  'restart',
  'restart-clear',
  'discard',
  'new-notebook',
  'home',
  'download',
  'download-report',
  'theme',
  'rename',
  'share',
  'embed',
  'keys',
];

export function entriesOf(notebook: NotebookContext): readonly Entry[] {
  const commands = COMMANDS.filter((command) => command !== 'interrupt' || isBusy(notebook))
    .filter((command) => command !== 'discard' || notebook.isOwnShown())
    .filter((command) => !/^restart/.test(command) || notebook.role() !== 'runner')
    .filter((command) => notebook.runnable() || !RUNS.has(command))
    .filter((command) => notebook.writable() || !CHANGES.has(command))
    .filter((command) => command !== 'rename' || !notebook.app.account)
    .filter((command) => (command !== 'format' && command !== 'rename-result') || isAtCode(notebook, command))
    .filter((command) => (command !== 'share' && command !== 'embed') || notebook.role() === 'owner')
    .map(
      (command): Entry => ({
        group: 'command',
        label: words.commands[command],
        key: keyHint(command, notebook.app.mac),
        do: () => notebook.perform({ command }),
      }),
    );
  const changeable = notebook.writable() ? interpreters : [];
  const kinds = changeable.map(
    (choice, index): Entry => ({
      group: 'command',
      label: words.commands.interpreter(choice.label),
      key: String(index + 1),
      do: () => notebook.perform({ interpreter: choice.name }),
    }),
  );
  const insertions = changeable.map(
    (choice): Entry => ({
      group: 'command',
      label: words.insert.add(choice.label),
      do: () => {
        if (!notebook.writable()) return;
        // The new one has the caret, and so is what is turned.
        notebook.perform({ command: 'insert-below' });
        notebook.perform({ interpreter: choice.name });
      },
    }),
  );
  const places = notebook.outline().map(
    (entry): Entry => ({
      group: 'paragraph',
      label: entry.text,
      detail: entry.level === 0 ? words.paragraph.named('').trim() : '#'.repeat(entry.level),
      do: () => {
        notebook.focus.select(entry.paragraph);
        notebook.reveal(entry.paragraph, 'start');
      },
    }),
  );
  return [...commands, ...insertions, ...kinds, ...places];
}

/** Formatting wants a language that has a layout, renaming a result with a name. */
function isAtCode({ focus, document }: NotebookContext, command: 'format' | 'rename-result'): boolean {
  const at = focus.at();
  if (at === undefined) return false;
  const paragraph = document.paragraph(at);
  return command === 'format' ? isFormattable(paragraph.interpreter()) : paragraph.name() !== '';
}

/** Paragraphs of this notebook that hold every word, with the line of the first. */
export function paragraphsFor(notebook: NotebookContext, query: string): readonly Entry[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [];
  const found: Entry[] = [];
  for (const id of notebook.document.order()) {
    const paragraph = notebook.document.paragraph(id);
    const source = paragraph.source();
    const text = source.toLowerCase();
    if (!wanted.every((word) => text.includes(word))) continue;
    const at = text.indexOf(wanted[0] ?? '');
    found.push({
      group: 'paragraph',
      label: words.paragraph.label(labelOf(paragraph.interpreter()), paragraph.name()),
      snippet: lineAt(source, at),
      found: true,
      do: () => {
        notebook.focus.select(id);
        notebook.reveal(id, 'start');
      },
    });
    if (found.length === PARAGRAPHS) break;
  }
  return found;
}

/** Those of the session and the files of `data/`. */
export async function tablesFor(
  notebook: NotebookContext,
  insertTable: (table: Named) => void,
): Promise<readonly Entry[]> {
  return (await notebook.live.tables()).map(
    (table): Entry => ({
      group: 'table',
      label: table.name,
      detail: table.columns.map((column) => column.name).join(', '),
      do: () => insertTable(table),
    }),
  );
}

function lineAt(source: string, at: number): string {
  const start = Math.max(source.lastIndexOf('\n', at - 1) + 1, at - BEFORE);
  const end = source.indexOf('\n', at);
  return source.slice(start, Math.min(end < 0 ? source.length : end, start + LINE)).toWellFormed();
}
