import { createResource, For, type JSX, Show } from 'solid-js';
import type { SessionStatus, SessionTable } from '../../server/protocol/messages.ts';
import { Menu, type MenuItem } from '../parts/Menu.tsx';
import { themes } from '../parts/theme.ts';
import { size } from '../parts/time.ts';
import { draftWords } from '../words/drafts.ts';
import { words } from '../words/en.ts';
import { sessionWords } from '../words/session.ts';
import { tableWords } from '../words/tables.ts';
import { useNotebook } from './context.ts';
import { type Command, keyHint } from './keys.ts';
import { isBusy } from './restart.ts';

/** The menu lists so many tables by size; the panel has them all. */
const MOST_TABLES = 6;

/** ⋯: the session's memory and tables, what can be done with it, and what has no place elsewhere. */
export function SessionMenu(props: { readonly anchor: Element; readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  const item = (command: Command, more: { label?: string; hint?: string; danger?: boolean } = {}): MenuItem => ({
    label: more.label ?? words.commands[command],
    hint: more.hint,
    danger: more.danger === true,
    key: keyHint(command, notebook.app.mac),
    do: () => notebook.perform({ command }),
  });
  const running = (): MenuItem[] => [
    ...(isBusy(notebook) ? [item('interrupt', { label: sessionWords.interrupt })] : []),
    ...(notebook.role() === 'runner' ? own() : ours()),
    'rule',
  ];
  const own = (): MenuItem[] => (notebook.visitor() ? [item('discard', { hint: words.visitor.discardHint })] : []);
  const ours = (): MenuItem[] => [
    item('restart', { label: sessionWords.restart, hint: sessionWords.restartHint }),
    item('restart-clear', { label: sessionWords.restartClear, hint: sessionWords.restartClearHint, danger: true }),
  ];
  const items = (): MenuItem[] => [
    ...(notebook.runnable() ? running() : []),
    ...(notebook.role() === 'owner' ? [item('share')] : []),
    item('tables', { label: sessionWords.panel }),
    item('history', { label: sessionWords.history }),
    ...(notebook.writable() ? [item('forms', { label: sessionWords.forms })] : []),
    item('find', { label: sessionWords.find }),
    item('palette', { label: sessionWords.palette }),
    item('keys', { label: sessionWords.keys }),
    item('download-report'),
    item('download', { label: sessionWords.download }),
    'rule',
    { heading: sessionWords.theme },
    ...themes.map(
      (theme): MenuItem => ({
        label: sessionWords.themes[theme],
        checked: notebook.app.theme.theme() === theme,
        do: () => notebook.app.theme.set(theme),
      }),
    ),
    'rule',
    { label: draftWords.signOut.do, do: () => notebook.setOver('sign-out') },
  ];
  return (
    <Menu
      label={words.bar.session}
      anchor={props.anchor}
      align="end"
      items={items()}
      onClose={props.onClose}
      head={<SessionFacts />}
    />
  );
}

function SessionFacts(): JSX.Element {
  const notebook = useNotebook();
  /** Whose memory one's own runs take. */
  const session = () => notebook.visitor() ?? notebook.session();
  const [tables] = createResource(() => notebook.live.tables().catch((): readonly SessionTable[] => []));
  const own = (): readonly SessionTable[] =>
    (tables() ?? [])
      .filter((table) => table.source !== 'file')
      .toSorted((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0))
      .slice(0, MOST_TABLES);
  const memory = (): string | undefined => {
    const { memory: used, memoryLimit } = session() ?? {};
    if (used === undefined) return undefined;
    return sessionWords.memory(size(used), memoryLimit === undefined ? undefined : size(memoryLimit));
  };
  return (
    <div class="facts">
      <dl>
        <dt>{sessionWords.title}</dt>
        <dd>{sessionWords.state[session()?.state ?? 'none']}</dd>
        <Show when={memory()}>
          {(text) => (
            <>
              <dt>{sessionWords.memoryLabel}</dt>
              <dd>{text()}</dd>
            </>
          )}
        </Show>
        <Show when={session()}>
          {(now) => (
            <>
              <dt>{sessionWords.zone}</dt>
              <dd>{now().timeZone}</dd>
              <dt>{sessionWords.isolation}</dt>
              <dd>{isolationText(now().isolation)}</dd>
              <Show when={now().groups}>
                {(groups) => (
                  <>
                    <dt>{sessionWords.bounds}</dt>
                    <dd>{groups() === 'none' ? sessionWords.sampled : sessionWords.grouped}</dd>
                  </>
                )}
              </Show>
            </>
          )}
        </Show>
      </dl>
      <Show when={own().length > 0} fallback={<p class="quiet">{tables.loading ? '' : sessionWords.noTables}</p>}>
        <ul class="facts-tables">
          <For each={own()}>
            {(table) => (
              <li>
                <code>{table.name}</code>
                <span>
                  {table.bytes ? size(table.bytes) : table.rows === undefined ? '' : tableWords.rows(table.rows)}
                </span>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  );
}

const isolationText = (isolation: SessionStatus['isolation']): string =>
  isolation === 'none'
    ? sessionWords.notIsolated
    : isolation === 'container'
      ? sessionWords.contained
      : sessionWords.isolated;
