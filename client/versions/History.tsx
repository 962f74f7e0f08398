import { createMemo, createResource, createSignal, For, type JSX, Show } from 'solid-js';
import type { ParagraphId, VersionId } from '../../server/protocol/ids.ts';
import type { Moment, Touch } from '../../server/protocol/versions/version.ts';
import type { Problem } from '../api.ts';
import { useNotebook } from '../notebook/context.ts';
import { Icon } from '../parts/Icon.tsx';
import { IconButton } from '../parts/IconButton.tsx';
import { Menu } from '../parts/Menu.tsx';
import { ago, clock } from '../parts/time.ts';
import { Deleted } from '../trash/Deleted.tsx';
import { words } from '../words/en.ts';
import { history } from '../words/versions.ts';
import { Compare } from './Compare.tsx';
import {
  keepVersion,
  type ListedVersion,
  listVersions,
  nameVersion,
  readVersion,
  unnameVersion,
  versionFile,
  type WholeVersion,
} from './calls.ts';
import { openMoment } from './moment.ts';
import { NameVersion } from './NameVersion.tsx';
import { restore } from './restore.ts';
import './versions.css';

type Naming = 'nothing' | 'now' | ListedVersion;

/** The side panel *History*: versions, newest first, and what was deleted; a click compares with now. */
export function History(): JSX.Element {
  const notebook = useNotebook();
  const { live, app } = notebook;
  const [list, { refetch }] = createResource(() => listVersions(live.id));
  const [open, setOpen] = createSignal<WholeVersion>();
  const [naming, setNaming] = createSignal<Naming>('nothing');
  const [busy, setBusy] = createSignal(false);
  const now = openMoment(live.doc);
  const found = () => {
    const answer = list.latest;
    return answer?.ok ? answer.value : undefined;
  };
  const failed = (): Problem | undefined => {
    const answer = list.latest;
    return answer && !answer.ok ? answer.problem : undefined;
  };
  const tell = (problem: Problem): void =>
    void app.toasts.show({ text: problem.message, hint: problem.hint ?? '', tone: 'bad' });

  const look = async (id: VersionId): Promise<void> => {
    const answer = await readVersion(live.id, id);
    if (answer.ok) setOpen(answer.value);
    else tell(answer.problem);
  };
  const keep = async (name: string): Promise<void> => {
    const target = naming();
    setNaming('nothing');
    const answer =
      typeof target === 'object' ? await nameVersion(live.id, target.id, name) : await keepVersion(live.id, name);
    if (answer.ok) app.toasts.show({ text: history.named(name) });
    else tell(answer.problem);
    void refetch();
  };
  const unname = async (id: VersionId): Promise<void> => {
    const answer = await unnameVersion(live.id, id);
    if (!answer.ok) tell(answer.problem);
    void refetch();
  };
  const putBack = async (moment: Moment, paragraph?: ParagraphId): Promise<void> => {
    setBusy(true);
    const done = await restore(
      { live, me: app.person().name, now: Date.now(), keep: () => keepVersion(live.id) },
      moment,
      paragraph,
    );
    setBusy(false);
    void refetch();
    if ('problem' in done) return tell(done.problem);
    if (paragraph === undefined) setOpen(undefined);
    app.toasts.show({
      key: 'restored',
      text: paragraph === undefined ? history.restored : history.restoredParagraph,
      hint: history.restoredHint,
      action: { label: words.undo, do: () => void putBack(done.before, paragraph) },
    });
  };
  const touched = createMemo(() => {
    const version = open();
    return (paragraph: ParagraphId): Touch | undefined => version?.since.get(paragraph);
  });

  return (
    <aside class="panel history" aria-label={history.title}>
      <div class="panel-head">
        <h2>{history.title}</h2>
        <span class="spring" />
        <IconButton icon="refresh" label={history.refresh} size={14} onClick={() => void refetch()} />
        <IconButton icon="x" label={words.close} shortcut="h" onClick={() => notebook.setPanel('none')} />
      </div>
      <Show when={notebook.writable()}>
        <button type="button" class="button history-name" onClick={() => setNaming('now')}>
          {history.name}
        </button>
      </Show>
      <Show when={failed()}>
        {(problem) => (
          <p class="quiet" role="alert">
            {history.failed}. {problem().message}
          </p>
        )}
      </Show>
      <ol class="history-list">
        <Show when={found()}>
          {(answer) => (
            <>
              <li class="history-now">
                <b>{history.now}</b>
                <small>
                  {answer().since ? history.nowBy(answer().since?.people ?? []) : ''}
                  {!answer().since && answer().items.length > 0 ? history.nowSame : ''}
                </small>
              </li>
              <For each={answer().items} fallback={<li class="quiet history-none">{history.none}</li>}>
                {(version) => (
                  <Row
                    version={version}
                    open={open()?.id === version.id}
                    writable={notebook.writable()}
                    onOpen={() => void look(version.id)}
                    onName={() => setNaming(version)}
                    onUnname={() => void unname(version.id)}
                    onDownload={() => download(versionFile(live.id, version.id), notebook.path(), version.at)}
                  />
                )}
              </For>
            </>
          )}
        </Show>
        <Show when={list.loading && !list.latest}>
          <li class="quiet">{history.loading}</li>
        </Show>
      </ol>
      <Deleted />
      <Show when={open()}>
        {(version) => (
          <Compare
            version={version()}
            name={nameOf(version())}
            now={now()}
            touched={touched()}
            writable={notebook.writable()}
            busy={busy()}
            onRestore={(paragraph) => void putBack(version().moment, paragraph)}
            onClose={() => setOpen(undefined)}
          />
        )}
      </Show>
      <Show when={naming() !== 'nothing'}>
        <NameVersion
          title={naming() === 'now' ? history.nameTitle : history.renameTitle}
          name={knownName(naming())}
          onDone={(name) => void keep(name)}
          onClose={() => setNaming('nothing')}
        />
      </Show>
    </aside>
  );
}

const nameOf = (version: ListedVersion): string => version.name ?? clock(version.at, Date.now());
const knownName = (naming: Naming): string => (typeof naming === 'object' ? (naming.name ?? '') : '');

function Row(props: {
  readonly version: ListedVersion;
  readonly open: boolean;
  readonly writable: boolean;
  readonly onOpen: () => void;
  readonly onName: () => void;
  readonly onUnname: () => void;
  readonly onDownload: () => void;
}): JSX.Element {
  const [menu, setMenu] = createSignal(false);
  let more!: HTMLButtonElement;
  const { version } = props;
  return (
    <li class="history-row" classList={{ on: props.open, named: version.name !== undefined }}>
      <button type="button" class="history-open" aria-current={props.open ? 'true' : undefined} onClick={props.onOpen}>
        <span class="history-title">{nameOf(version)}</span>
        <small title={clock(version.at, Date.now())}>
          {version.name === undefined ? history.reasons[version.reason] : `${clock(version.at, Date.now())}`}
          {version.by === undefined ? '' : ` · ${version.by}`}
          {version.name === undefined ? ` · ${ago(version.at, Date.now())}` : ''}
        </small>
        <Show when={version.people.length > 0}>
          <small>{history.edited(version.people)}</small>
        </Show>
      </button>
      <button
        ref={more}
        type="button"
        class="icon"
        aria-label={history.actions(nameOf(version))}
        data-tip={history.actions(nameOf(version))}
        aria-haspopup="menu"
        onClick={() => setMenu(!menu())}
      >
        <Icon name="more" />
      </button>
      <Show when={menu()}>
        <Menu
          label={history.actions(nameOf(version))}
          anchor={more}
          align="end"
          onClose={() => setMenu(false)}
          items={[
            ...(props.writable
              ? [{ label: version.name === undefined ? history.nameIt : history.rename, do: props.onName }]
              : []),
            ...(props.writable && version.name !== undefined ? [{ label: history.unname, do: props.onUnname }] : []),
            { label: history.download, do: props.onDownload },
          ]}
        />
      </Show>
    </li>
  );
}

/** `sales.nb.md` of 31 January becomes `sales 2026-01-31.nb.md`. */
function download(address: string, path: string, at: number): void {
  const link = document.createElement('a');
  link.href = address;
  const name = path.slice(path.lastIndexOf('/') + 1) || 'notebook.nb.md';
  link.download = name.replace(/(?:\.nb\.md)?$/, ` ${new Date(at).toISOString().slice(0, 10)}.nb.md`);
  document.body.append(link);
  link.click();
  link.remove();
}
