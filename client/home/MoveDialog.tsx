import { createSignal, type JSX, Show } from 'solid-js';
import { NOTEBOOK_SUFFIX } from '../../server/protocol/suffix.ts';
import type { Problem } from '../api.ts';
import { Modal } from '../parts/Modal.tsx';
import { homeWords } from '../words/home.ts';
import { editText, type ListedNotebook, moveNotebook } from './calls.ts';
import { retitled } from './retitle.ts';

/** Another title, another place of the file, or both. */
export function MoveDialog(props: {
  readonly item: ListedNotebook;
  readonly onProblem: (problem: Problem) => void;
  readonly onDone: () => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { item } = props;
  const [busy, setBusy] = createSignal(false);
  const save = async (form: FormData): Promise<void> => {
    const title = String(form.get('title') ?? '')
      .replace(/\s+/g, ' ')
      .trim();
    const path = withSuffix(String(form.get('path') ?? ''));
    setBusy(true);
    try {
      if (title !== '' && title !== item.title) {
        const answer = await editText(item.id, (text) => retitled(text, title));
        if (!answer.ok) return props.onProblem(answer.problem);
      }
      if (path !== item.path) {
        const answer = await moveNotebook(item.id, path);
        if (!answer.ok) return props.onProblem(answer.problem);
      }
      props.onDone();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Modal title={homeWords.renameTitle} onClose={() => props.onClose()}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy()) void save(new FormData(event.currentTarget));
        }}
      >
        <Show when={item.broken === undefined}>
          <label class="dialog-field">
            <span>{homeWords.renameName}</span>
            <input class="field" name="title" value={item.title} maxLength={300} autocomplete="off" autofocus />
          </label>
        </Show>
        <label class="dialog-field">
          <span>{homeWords.renameLabel}</span>
          <input
            class="field"
            name="path"
            value={item.path}
            spellcheck={false}
            autocomplete="off"
            autofocus={item.broken !== undefined}
            onFocus={(event) => selectStem(event.currentTarget)}
          />
        </label>
        <p class="quiet">{homeWords.renameHint}</p>
        <div class="dialog-foot">
          <button type="submit" class="button main" disabled={busy()}>
            {homeWords.renameDo}
          </button>
        </div>
      </form>
    </Modal>
  );
}

/** The name without folder and ending: what most want to change. After the dialog's own selection. */
function selectStem(field: HTMLInputElement): void {
  const end = field.value.endsWith(NOTEBOOK_SUFFIX) ? field.value.length - NOTEBOOK_SUFFIX.length : field.value.length;
  queueMicrotask(() => field.setSelectionRange(field.value.lastIndexOf('/') + 1, end));
}

function withSuffix(path: string): string {
  const clean = path.trim().replace(/^\/+/, '');
  return clean.endsWith(NOTEBOOK_SUFFIX) ? clean : `${clean.replace(/\.md$/, '')}${NOTEBOOK_SUFFIX}`;
}
