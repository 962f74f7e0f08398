/** The notebook's date annotations as its writers change them: each is an entry of its own, so that two people's merge. */
import { createSignal, createUniqueId, For, type JSX, onCleanup, Show } from 'solid-js';
import { type Annotation, annotationsOf, keyOf, setAnnotation } from '../../server/protocol/annotations.ts';
import { metaOf } from '../../server/protocol/document.ts';
import { Modal } from '../parts/Modal.tsx';
import { dates as words } from '../words/dates.ts';
import { useNotebook } from './context.ts';
import './dates.css';

export function DatesDialog(props: { readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  const { live } = notebook;
  const meta = metaOf(live.doc);
  const [all, setAll] = createSignal<readonly Annotation[]>(annotationsOf(live.doc));
  const onMeta = (): void => void setAll(annotationsOf(live.doc));
  meta.observe(onMeta);
  onCleanup(() => meta.unobserve(onMeta));
  const [from, setFrom] = createSignal('');
  const [to, setTo] = createSignal('');
  const [text, setText] = createSignal('');
  const [problem, setProblem] = createSignal('');
  const id = createUniqueId();

  const step = (key: string, value: string | undefined): void => {
    if (!notebook.writable()) return;
    live.undo.stopCapturing();
    setAnnotation(live.doc, key, value, live.origin);
    live.undo.stopCapturing();
  };
  const remove = ({ key, text: before }: Annotation): void => {
    step(key, undefined);
    notebook.app.toasts.show({
      key: 'dates',
      text: words.removed(before),
      action: { label: words.undo, do: () => step(key, before) },
    });
  };
  function add(event: Event): void {
    event.preventDefault();
    const key = keyOf(from(), to());
    if (key === undefined) return void setProblem(to() === '' ? words.noDate : words.noRange);
    if (text().trim() === '') return void setProblem(words.noText);
    if (all().some((one) => one.key === key)) return void setProblem(words.there);
    step(key, text().trim());
    setProblem('');
    setFrom('');
    setTo('');
    setText('');
    document.getElementById(`${id}-from`)?.focus();
  }

  return (
    <Modal title={words.title} onClose={props.onClose}>
      <p class="quiet">{words.about}</p>
      <ul class="dates-list" aria-label={words.title}>
        <For each={all()} fallback={<li class="quiet">{words.none}</li>}>
          {(one) => (
            <li>
              <span class="dates-key">{one.key.replace('..', ' – ')}</span>
              <span class="dates-text">{one.text}</span>
              <button type="button" class="link" aria-label={words.removeOne(one.text)} onClick={() => remove(one)}>
                {words.remove}
              </button>
            </li>
          )}
        </For>
      </ul>
      <form class="dates-new" onSubmit={add}>
        <label>
          <span>{words.from}</span>
          <input
            id={`${id}-from`}
            type="date"
            max="9999-12-31"
            value={from()}
            onInput={(event) => setFrom(event.currentTarget.value)}
            autofocus
          />
        </label>
        <label>
          <span>{words.to}</span>
          <input type="date" max="9999-12-31" value={to()} onInput={(event) => setTo(event.currentTarget.value)} />
        </label>
        <label class="dates-words">
          <span>{words.text}</span>
          <input type="text" maxlength={200} value={text()} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit" class="button">
          {words.add}
        </button>
      </form>
      <Show when={problem()}>
        {(said) => (
          <p class="dates-problem" role="alert">
            {said()}
          </p>
        )}
      </Show>
    </Modal>
  );
}
