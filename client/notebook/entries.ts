/** What the palette offers on a notebook page. */
import { listNotebooks } from '../api.ts';
import { notebookPath } from '../route.ts';
import { words } from '../words/en.ts';
import { CHANGES, RUNS } from './commands.ts';
import type { NotebookContext } from './context.ts';
import { interpreters } from './interpreters.ts';
import { type Command, keyHint } from './keys.ts';
import type { Named } from './naming.ts';
import type { Entry } from './palette.ts';
import { isBusy } from './restart.ts';

const NOTEBOOKS = 30;

/** In the order they are shown before anything is typed. */
const COMMANDS: readonly Command[] = [
  'run-all',
  'run',
  'run-above',
  'run-below',
  'stop',
  'stop-all',
  'insert-below',
  'insert-above',
  'delete',
  'duplicate',
  'move-up',
  'move-down',
  'name',
  'widen',
  'copy-link',
  'find',
  'tables',
  'history',
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

export async function slowEntriesOf(
  notebook: NotebookContext,
  query: string,
  insertTable: (table: Named) => void,
): Promise<readonly Entry[]> {
  const [tables, notebooks] = await Promise.all([
    notebook.live.tables().catch(() => []),
    listNotebooks({ query, limit: NOTEBOOKS }),
  ]);
  return [
    ...tables.map(
      (table): Entry => ({
        group: 'table',
        label: table.name,
        detail: table.columns.map((column) => column.name).join(', '),
        do: () => insertTable(table),
      }),
    ),
    ...(notebooks.ok ? notebooks.value.items : [])
      .filter((item) => item.id !== notebook.live.id)
      .map(
        (item): Entry => ({
          group: 'notebook',
          label: item.title,
          detail: item.path,
          do: () => notebook.app.router.go(notebookPath(item.id)),
        }),
      ),
  ];
}
