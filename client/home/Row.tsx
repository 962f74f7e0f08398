import { createSignal, For, type JSX, Show } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { createNotebook } from '../api.ts';
import { useApp } from '../app-context.ts';
import { Icon } from '../parts/Icon.tsx';
import { Menu } from '../parts/Menu.tsx';
import { Modal } from '../parts/Modal.tsx';
import { ago, clock, span } from '../parts/time.ts';
import { Avatar } from '../people/Avatar.tsx';
import { colorOf } from '../people/person.ts';
import { notebookPath } from '../route.ts';
import { restoreNotebook } from '../trash/calls.ts';
import { words } from '../words/en.ts';
import { homeWords } from '../words/home.ts';
import { trash } from '../words/versions.ts';
import { deleteNotebook, type ListedNotebook, readText } from './calls.ts';
import { pieces } from './folders.ts';
import { MoveDialog } from './MoveDialog.tsx';

/** One notebook of the list. */
export function Row(props: {
  readonly item: ListedNotebook;
  readonly query: string;
  readonly onChanged: () => void;
}): JSX.Element {
  const app = useApp();
  const [menu, setMenu] = createSignal(false);
  const [asking, setAsking] = createSignal<'nothing' | 'move' | 'delete'>('nothing');
  let more!: HTMLButtonElement;
  const now = Date.now();

  const tell = (problem: { readonly message: string; readonly hint?: string }): void =>
    void app.toasts.show({ text: problem.message, hint: problem.hint ?? '', tone: 'bad' });
  const duplicate = async (): Promise<void> => {
    const text = await readText(props.item.id);
    if (!text.ok) return tell(text.problem);
    const folder = props.item.path.split('/').slice(0, -1).join('/');
    const answer = await createNotebook({ title: homeWords.copyOf(props.item.title), text: text.value, folder });
    if (answer.ok) props.onChanged();
    else tell(answer.problem);
  };
  const { onChanged } = props;
  const putBack = async (id: NotebookId): Promise<void> => {
    const answer = await restoreNotebook(id);
    if (!answer.ok) return tell(answer.problem);
    onChanged();
  };
  const remove = async (): Promise<void> => {
    setAsking('nothing');
    const answer = await deleteNotebook(props.item.id);
    if (!answer.ok) return tell(answer.problem);
    const { id, title } = props.item;
    app.toasts.show({ text: homeWords.deleted(title), action: { label: trash.undo, do: () => void putBack(id) } });
    props.onChanged();
  };

  return (
    <li class="row" classList={{ broken: props.item.broken !== undefined }} data-notebook={props.item.id}>
      <div class="row-main">
        <a class="row-link" href={notebookPath(props.item.id)}>
          <Marked text={props.item.title} query={props.query} />
        </a>
        <p>
          <Show
            when={props.item.broken}
            fallback={<Marked text={props.item.snippet ?? props.item.path} query={props.query} />}
          >
            {(why) => <span class="failed-text">{`${homeWords.broken}: ${why()}`}</span>}
          </Show>
        </p>
      </div>
      <span class="row-changed" title={props.item.changed === undefined ? '' : clock(props.item.changed, now)}>
        {props.item.changed === undefined ? words.ago.never : ago(props.item.changed, now)}
      </span>
      <span class="row-run">
        <Show when={props.item.run} fallback={words.ago.never}>
          {(run) => (
            <>
              <i class={`dot ${run().state}`} aria-hidden="true" />
              {runText(run(), now)}
            </>
          )}
        </Show>
      </span>
      <span class="row-people people" title={props.item.people.join(', ')}>
        <For each={props.item.people}>{(name) => <Avatar name={name} color={colorOf(name)} />}</For>
      </span>
      <button
        ref={more}
        type="button"
        class="icon row-more"
        data-tip={homeWords.actions(props.item.title)}
        aria-label={homeWords.actions(props.item.title)}
        aria-haspopup="menu"
        onClick={() => setMenu(!menu())}
      >
        <Icon name="more" />
      </button>
      <Show when={menu()}>
        <Menu
          label={homeWords.actions(props.item.title)}
          anchor={more}
          align="end"
          onClose={() => setMenu(false)}
          items={[
            { label: homeWords.open, do: () => app.router.go(notebookPath(props.item.id)) },
            { label: homeWords.duplicate, do: () => void duplicate() },
            { label: homeWords.rename, do: () => setAsking('move') },
            'rule',
            { label: homeWords.delete, danger: true, do: () => setAsking('delete') },
          ]}
        />
      </Show>
      <Show when={asking() === 'delete'}>
        <Modal title={homeWords.deleteTitle(props.item.title)} onClose={() => setAsking('nothing')}>
          <p>{homeWords.deleteText(props.item.path)}</p>
          <div class="dialog-foot">
            <button type="button" class="button" onClick={() => setAsking('nothing')}>
              {words.cancel}
            </button>
            <button type="button" class="button danger" autofocus onClick={() => void remove()}>
              {homeWords.deleteDo}
            </button>
          </div>
        </Modal>
      </Show>
      <Show when={asking() === 'move'}>
        <MoveDialog
          item={props.item}
          onProblem={tell}
          onDone={() => {
            setAsking('nothing');
            props.onChanged();
          }}
          onClose={() => setAsking('nothing')}
        />
      </Show>
    </li>
  );
}

function Marked(props: { readonly text: string; readonly query: string }): JSX.Element {
  return (
    <For each={pieces(props.text, props.query)}>
      {(piece) => (piece.found ? <mark>{piece.text}</mark> : piece.text)}
    </For>
  );
}

function runText(run: NonNullable<ListedNotebook['run']>, now: number): string {
  const state = isState(run.state) ? homeWords.state[run.state] : run.state;
  if (run.state === 'running') return run.started === undefined ? state : `${state}, ${span(now - run.started)}`;
  if (run.ended === undefined) return state;
  const mark = run.state === 'done' ? '✓' : run.state === 'failed' || run.state === 'lost' ? '✗' : '–';
  return `${clock(run.ended, now)} ${mark} ${run.started === undefined ? '' : span(run.ended - run.started)}`.trim();
}

const isState = (state: string): state is keyof typeof homeWords.state => state in homeWords.state;
