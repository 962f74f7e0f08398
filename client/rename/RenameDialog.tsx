/**
 * Calling a named result otherwise in all that names it. The places are those that the programs of the languages find; they
 * stand here before anything is done, with what stays as it is and why. Enter renames what is shown.
 */
import { createMemo, createResource, createSignal, For, type JSX, Match, onCleanup, Show, Switch } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { RESULT_NAME, type RenamePlan } from '../../server/protocol/rename.ts';
import { type RenameTarget, useNotebook } from '../notebook/context.ts';
import { isProse } from '../notebook/edits.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { Modal } from '../parts/Modal.tsx';
import { words as common } from '../words/en.ts';
import { renameWords as words } from '../words/rename.ts';
import { applyPlan } from './apply.ts';
import { nameAt } from './at.ts';
import { readRenamePlan } from './calls.ts';
import { type Line, linesOf, placesIn } from './lines.ts';
import './rename.css';

/** What is typed in one go is asked about once. */
const PAUSE_MS = 200;
/** Of one paragraph; the count says how many there are. */
const MOST_LINES = 8;
/** Who writes all the time would have it planned anew for ever. */
const MOST_TRIES = 3;
/** A program that is just being started does not answer at once: the texts of its language could not be read so far. */
const START_MS = 500;
const MOST_STARTS = 20;

export function RenameDialog(props: { readonly target: RenameTarget; readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  const { document, live } = notebook;
  const { paragraph, offset, former } = props.target;
  const own = document.paragraph(paragraph).name();
  const pointed =
    former === undefined && offset !== undefined ? nameAt(document.paragraph(paragraph).source(), offset) : undefined;
  /** What the caret is on, until it turns out to be no table; then the paragraph's own. */
  const [from, setFrom] = createSignal(former ?? pointed ?? own);
  const [to, setTo] = createSignal(former === undefined ? from() : own);
  const [asked, setAsked] = createSignal(to());
  const [busy, setBusy] = createSignal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;
  onCleanup(() => {
    closed = true;
    clearTimeout(timer);
  });

  // What is written here first, so that the plan is of it.
  const [begun, setBegun] = createSignal(false);
  const ready = createMemo(() => begun() || notebook.save().state !== 'saving');
  const ask = (name: string) =>
    readRenamePlan(live.id, { from: from(), to: name, ...(former === undefined ? {} : { paragraph }) });
  const [answer] = createResource(
    () => (ready() && from() !== '' && RESULT_NAME.test(asked()) ? { from: from(), to: asked() } : undefined),
    async (wanted) => {
      setBegun(true);
      const read = await askUntilRead(wanted.to);
      if (read.ok && pointed !== undefined && from() === pointed && wanted.to === pointed) standOn(read.value);
      return { to: wanted.to, read };
    },
  );
  async function askUntilRead(name: string) {
    for (let starts = 1; ; starts += 1) {
      const read = await ask(name);
      const isOpen = read.ok && read.value.left.some(({ why }) => why === 'unread');
      if (!isOpen || closed || name !== asked() || starts >= MOST_STARTS) return read;
      await new Promise((resolve) => setTimeout(resolve, START_MS));
    }
  }
  /** The first plan says whether the caret is on the table's name. */
  function standOn({ texts }: RenamePlan): void {
    const here = texts.find((one) => one.paragraph === paragraph)?.edits ?? [];
    if (offset !== undefined && here.some(({ start, end }) => start <= offset && offset <= end)) return;
    const isTyped = to() !== from();
    setFrom(own);
    if (!isTyped) typedNow(own);
  }

  const plan = createMemo((): RenamePlan | undefined => {
    const now = answer.latest;
    return now?.read.ok ? now.read.value : undefined;
  });
  const problem = createMemo(() => {
    const now = answer.latest;
    return now && !now.read.ok && now.to === asked() ? now.read.problem : undefined;
  });
  const clash = createMemo(() => plan()?.left.find(({ why }) => why === 'clash'));
  const isCurrent = (): boolean => answer.latest?.to === to() && !answer.loading;
  const isOther = (): boolean => former !== undefined || to() !== from();
  const count = createMemo(() => (plan()?.texts.length ?? 0) + (plan()?.forms.length ?? 0));
  const can = (): boolean => {
    const what = plan();
    if (!what || !isCurrent() || !isOther() || busy() || problem()) return false;
    // What was renamed already leaves behind what it has to.
    if (former === undefined && clash()) return false;
    return count() > 0 || (former === undefined && what.owner !== undefined);
  };

  const places = createMemo(
    () =>
      new Map(
        document
          .order()
          .filter((id) => !isProse(document.paragraph(id).interpreter()))
          .map((id, index) => [id, index + 1]),
      ),
  );
  const place = (id: ParagraphId): string => words.paragraph(places().get(id) ?? 0);
  const nameOf = (one: { readonly paragraph: ParagraphId } | { readonly form: string }): string =>
    'form' in one ? words.form(one.form) : place(one.paragraph);

  function typedNow(name: string): void {
    setTo(name);
    setAsked(name);
  }
  const typed = (text: string): void => {
    setTo(text.trim());
    clearTimeout(timer);
    timer = setTimeout(() => setAsked(to()), PAUSE_MS);
  };
  const rename = async (): Promise<void> => {
    let what = plan();
    setBusy(true);
    for (let tries = 0; what && tries < MOST_TRIES; tries += 1) {
      const takeBack = applyPlan(live, what, to());
      if (takeBack) {
        tell(placesIn(what), takeBack);
        props.onClose();
        return;
      }
      const read = await ask(to());
      what = read.ok ? read.value : undefined;
    }
    setBusy(false);
    notebook.app.toasts.show({ key: 'rename', text: words.busy, tone: 'bad' });
  };
  const tell = (places: number, takeBack: () => boolean): void => {
    const { toasts } = notebook.app;
    toasts.show({
      key: 'rename',
      text: words.done(from(), to(), places),
      action: {
        label: common.undo,
        do: () => {
          if (!takeBack()) toasts.show({ key: 'rename', text: words.tooLate });
        },
      },
    });
  };

  return (
    <Modal
      title={
        former === undefined ? (from() === '' ? words.title('') : words.title(from())) : words.others(former, to())
      }
      middle
      onClose={props.onClose}
    >
      <Show when={from() !== ''} fallback={<p class="quiet">{words.noName}</p>}>
        <form
          class="dialog-form rename"
          onSubmit={(event) => {
            event.preventDefault();
            clearTimeout(timer);
            if (can()) void rename();
            else setAsked(to());
          }}
        >
          <Show when={former === undefined}>
            <input
              class="field"
              aria-label={words.label}
              aria-invalid={to() !== '' && !RESULT_NAME.test(to())}
              spellcheck={false}
              autocomplete="off"
              maxLength={63}
              value={to()}
              onInput={(event) => typed(event.currentTarget.value)}
              autofocus
            />
          </Show>
          <Show when={to() !== '' && !RESULT_NAME.test(to())}>
            <p role="alert" class="rename-problem">
              {words.unfit}
            </p>
          </Show>
          <Switch fallback={<p class="quiet">{words.looking}</p>}>
            <Match when={problem()}>
              {(why) => (
                <p role="alert" class="rename-problem">
                  <b>{words.failed}.</b> {why().message} {why().hint}
                </p>
              )}
            </Match>
            <Match when={former === undefined ? clash() : undefined}>
              {(one) => (
                <p role="alert" class="rename-problem">
                  {words.clash(nameOf(one()))}
                </p>
              )}
            </Match>
            <Match when={plan()}>
              {(what) => (
                <>
                  <p class="quiet" aria-live="polite">
                    {count() === 0 ? words.none : words.places(placesIn(what()), count())}
                    <Show when={former === undefined ? what().owner : undefined}>
                      {(id) => ` ${words.owner(place(id()))}`}
                    </Show>
                  </p>
                  <ul class="rename-texts" aria-label={words.preview} tabindex="0">
                    <For each={[...what().texts, ...what().forms]}>
                      {(one) => (
                        <li data-changes={'form' in one ? one.form : one.paragraph}>
                          <b>{nameOf(one)}</b>{' '}
                          <Show when={'paragraph' in one ? one.paragraph : undefined}>
                            {(id) => (
                              <span style={{ color: `var(--${document.paragraph(id()).interpreter()})` }}>
                                {labelOf(document.paragraph(id()).interpreter())}
                              </span>
                            )}
                          </Show>
                          <Lines lines={linesOf(one)} />
                        </li>
                      )}
                    </For>
                  </ul>
                  <Show when={what().left.length > 0}>
                    <p class="rename-left">{words.left}</p>
                    <ul class="rename-stays">
                      <For each={what().left}>
                        {(one) => (
                          <li>
                            <b>{nameOf(one)}</b>: {words.why[one.why]}
                          </li>
                        )}
                      </For>
                    </ul>
                  </Show>
                </>
              )}
            </Match>
          </Switch>
          <div class="dialog-foot">
            <button type="button" class="button" onClick={() => props.onClose()}>
              {common.cancel}
            </button>
            <button
              ref={(button) => former !== undefined && queueMicrotask(() => button.focus())}
              type="submit"
              class="button main"
              data-key="Enter"
              aria-disabled={!can()}
            >
              {former === undefined ? words.rename(count()) : words.renameOthers(count())}
            </button>
          </div>
        </form>
      </Show>
    </Modal>
  );
}

function Lines(props: { readonly lines: readonly Line[] }): JSX.Element {
  return (
    <>
      <For each={props.lines.slice(0, MOST_LINES)}>
        {(line) => (
          <code class="rename-line">
            <For each={line}>
              {(part) =>
                part.kind === 'same' ? (
                  part.text
                ) : (
                  <>
                    <Show when={part.old !== part.fresh}>
                      <del>{part.old}</del>
                    </Show>
                    <ins>{part.fresh}</ins>
                  </>
                )
              }
            </For>
          </code>
        )}
      </For>
      <Show when={props.lines.length > MOST_LINES}>
        <span class="quiet">{words.more(props.lines.length - MOST_LINES)}</span>
      </Show>
    </>
  );
}
