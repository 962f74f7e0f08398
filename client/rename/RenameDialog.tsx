/**
 * Calling a named result otherwise in all that names it. The places are those that the programs of the languages find; they
 * stand here before anything is done, with what stays as it is and why. Enter renames what is shown, and what colleagues
 * wrote of it since: it is planned once more.
 */
import {
  batch,
  createEffect,
  createMemo,
  createSignal,
  For,
  type JSX,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { RESULT_NAME, type RenamePlan } from '../../server/protocol/rename.ts';
import { type RenameTarget, useNotebook } from '../notebook/context.ts';
import { isProse } from '../notebook/edits.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { Modal } from '../parts/Modal.tsx';
import { words as common } from '../words/en.ts';
import { renameWords as words } from '../words/rename.ts';
import { applyPlan } from './apply.ts';
import { askUntilRead, type Told } from './asking.ts';
import { nameAt } from './at.ts';
import { readRenamePlan } from './calls.ts';
import { linesOf, placesIn } from './lines.ts';
import { Lines } from './Preview.tsx';
import './rename.css';

/** What is typed in one go is asked about once. */
const PAUSE_MS = 200;
/** Who writes all the time would have it planned anew for ever. */
const MOST_TRIES = 3;

type Wanted = { readonly from: string; readonly to: string };
const isSame = (a: Wanted | undefined, b: Wanted | undefined): boolean => a?.from === b?.from && a?.to === b?.to;

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
  const ask = (what: Wanted) => readRenamePlan(live.id, { ...what, ...(former === undefined ? {} : { paragraph }) });
  /** First what the caret is on, whatever is typed meanwhile. */
  const [stood, setStood] = createSignal(pointed === undefined);
  const wanted = createMemo(
    (): Wanted | undefined => {
      const to = stood() ? asked() : from();
      return ready() && from() !== '' && RESULT_NAME.test(to) ? { from: from(), to } : undefined;
    },
    undefined,
    { equals: isSame },
  );
  const [planned, setPlanned] = createSignal<Wanted & Told>();
  createEffect(
    on(wanted, (what) => {
      if (!what) return;
      setBegun(true);
      const stop = new AbortController();
      onCleanup(() => stop.abort());
      void askUntilRead(
        () => ask(what),
        (told) => {
          batch(() => {
            setPlanned({ ...what, ...told });
            if (!stood()) standOn(told);
          });
        },
        stop.signal,
      );
    }),
  );
  /** The first plan says whether the caret is on the table's name; while nobody has read it, it may be. */
  function standOn({ answer, isOpen }: Told): void {
    const isUnread =
      answer.ok &&
      answer.value.left.some((one) => 'paragraph' in one && one.paragraph === paragraph && one.why === 'unread');
    if (isUnread && isOpen) return;
    setStood(true);
    if (!answer.ok || isUnread) return;
    const here = answer.value.texts.find((one) => one.paragraph === paragraph)?.edits ?? [];
    if (offset !== undefined && here.some(({ start, end }) => start <= offset && offset <= end)) return;
    const isTyped = to() !== from();
    setFrom(own);
    if (!isTyped) typedNow(own);
  }

  const plan = createMemo((): RenamePlan | undefined => {
    const now = planned()?.answer;
    return now?.ok ? now.value : undefined;
  });
  const problem = createMemo(() => {
    const now = planned();
    return now && !now.answer.ok && now.to === asked() ? now.answer.problem : undefined;
  });
  const clashIn = (what: RenamePlan | undefined) => what?.left.find(({ why }) => why === 'clash');
  const clash = createMemo(() => clashIn(plan()));
  const isCurrent = (): boolean => isSame(planned(), { from: from(), to: to() }) && planned()?.isOpen === false;
  const isOther = (): boolean => former !== undefined || to() !== from();
  const count = createMemo(() => (plan()?.texts.length ?? 0) + (plan()?.forms.length ?? 0));
  const isDoable = (what: RenamePlan): boolean => {
    // What was renamed already leaves behind what it has to.
    if (former === undefined && clashIn(what)) return false;
    return what.texts.length + what.forms.length > 0 || (former === undefined && what.owner !== undefined);
  };
  const can = (): boolean => {
    const what = plan();
    return what !== undefined && isCurrent() && isOther() && !busy() && isDoable(what);
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
    const shown = plan();
    const what = { from: from(), to: to() };
    setBusy(true);
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      // What colleagues wrote and named since it was shown counts.
      const answer = await ask(what);
      if (closed) return;
      const now = answer.ok ? answer.value : undefined;
      // Another's name by now, or less of it can be read: a person has to look again.
      if (!now || !isDoable(now) || now.owner !== shown?.owner || now.left.length > (shown?.left.length ?? 0)) {
        setBusy(false);
        setPlanned({ ...what, answer, isOpen: false });
        return;
      }
      const takeBack = applyPlan(live, now, what);
      if (takeBack) {
        tell(what, placesIn(now), takeBack);
        props.onClose();
        return;
      }
    }
    setBusy(false);
    notebook.app.toasts.show({ key: 'rename', text: words.busy, tone: 'bad' });
  };
  const tell = ({ from, to }: Wanted, places: number, takeBack: () => boolean): void => {
    const { toasts } = notebook.app;
    toasts.show({
      key: 'rename',
      text: words.done(from, to, places),
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
                    {planned()?.isOpen
                      ? words.looking
                      : count() === 0
                        ? words.none
                        : words.places(placesIn(what()), count())}
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
