import type { JSX } from 'solid-js';
import { useApp } from '../app-context.ts';
import { notebooksFor } from '../palette/notebooks.ts';
import { Palette } from '../palette/Palette.tsx';
import type { Entry } from '../palette/pick.ts';
import { nextTheme } from '../parts/theme.ts';
import { AUDIT_PATH, folderPath, TRASH_PATH } from '../route.ts';
import { account } from '../words/account.ts';
import { words } from '../words/en.ts';
import { homeWords } from '../words/home.ts';
import { trash } from '../words/versions.ts';

/** The palette where no notebook is open: what can be done here, folders, and every notebook that one may read. */
export function HomeCommands(props: {
  readonly folders: readonly string[];
  readonly mayMake: boolean;
  readonly isOwner: boolean;
  readonly onNew: () => void;
  readonly onImport: () => void;
  readonly onSearch: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { router, theme } = useApp();
  const command = (label: string, act: () => void, key?: string): Entry => ({ group: 'command', label, key, do: act });
  const commands: readonly Entry[] = [
    ...(props.mayMake
      ? [command(words.commands['new-notebook'], props.onNew), command(homeWords.importHint, props.onImport)]
      : []),
    command(homeWords.search, props.onSearch, '/'),
    command(words.commands.home, () => router.go('/')),
    command(trash.link, () => router.go(TRASH_PATH)),
    ...(props.isOwner ? [command(account.audit, () => router.go(AUDIT_PATH))] : []),
    command(words.commands.theme, () => theme.set(nextTheme(theme.theme()))),
    ...props.folders.map((folder) => command(folder, () => router.go(folderPath(folder)))),
  ];
  return (
    <Palette
      entries={() => commands}
      notebooks={(query, signal) => notebooksFor(query, signal, router.go)}
      onClose={props.onClose}
    />
  );
}
