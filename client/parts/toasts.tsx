/** Short messages at the foot of the page, some with one thing to do. At most `MOST` stand at once: more is noise. */
import { type Accessor, createSignal, For, type JSX, Show } from 'solid-js';
import { words } from '../words/en.ts';

export type Toast = {
  readonly text: string;
  readonly hint?: string;
  readonly tone?: 'plain' | 'bad';
  readonly action?: { readonly label: string; readonly do: () => void };
  /** 0–1: a bar, and the toast stays until it is removed. */
  readonly progress?: number;
  /** Replaces the toast of the same key. */
  readonly key?: string;
};

type Standing = Toast & { readonly id: number };

export type Toasts = {
  readonly list: Accessor<readonly Standing[]>;
  /** Returns what removes it. */
  show(toast: Toast): () => void;
  remove(id: number): void;
};

const MOST = 4;
/** Long enough to read two lines and reach the action. */
const STAY_MS = 6000;
const STAY_BAD_MS = 12_000;

export function createToasts(later: (run: () => void, ms: number) => () => void = laterBy): Toasts {
  const [list, setList] = createSignal<readonly Standing[]>([]);
  const timers = new Map<number, () => void>();
  let next = 1;
  const remove = (id: number): void => {
    timers.get(id)?.();
    timers.delete(id);
    setList((now) => now.filter((toast) => toast.id !== id));
  };
  return {
    list,
    remove,
    show(toast) {
      const before = toast.key === undefined ? undefined : list().find((one) => one.key === toast.key);
      const id = before?.id ?? next++;
      const standing = { ...toast, id };
      setList((now) =>
        before ? now.map((one) => (one.id === id ? standing : one)) : [...now.slice(-(MOST - 1)), standing],
      );
      timers.get(id)?.();
      timers.delete(id);
      if (toast.progress === undefined) {
        timers.set(
          id,
          later(() => remove(id), toast.tone === 'bad' ? STAY_BAD_MS : STAY_MS),
        );
      }
      return () => remove(id);
    },
  };
}

const laterBy = (run: () => void, ms: number): (() => void) => {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
};

export function ToastList(props: { readonly toasts: Toasts }): JSX.Element {
  return (
    <section class="toasts" aria-label={words.toasts} aria-live="polite">
      <For each={props.toasts.list()}>
        {(toast) => (
          <div class="toast" classList={{ bad: toast.tone === 'bad' }} role={toast.tone === 'bad' ? 'alert' : 'status'}>
            <div class="toast-text">
              <span>{toast.text}</span>
              <Show when={toast.hint}>
                <small>{toast.hint}</small>
              </Show>
            </div>
            <Show when={toast.action}>
              {(action) => (
                <button
                  type="button"
                  class="toast-action"
                  onClick={() => {
                    props.toasts.remove(toast.id);
                    action().do();
                  }}
                >
                  {action().label}
                </button>
              )}
            </Show>
            <Show when={toast.progress === undefined}>
              <button
                type="button"
                class="toast-close"
                aria-label={words.close}
                onClick={() => props.toasts.remove(toast.id)}
              >
                ×
              </button>
            </Show>
            <Show when={toast.progress !== undefined}>
              <i class="toast-meter" style={{ width: `${(toast.progress ?? 0) * 100}%` }} />
            </Show>
          </div>
        )}
      </For>
    </section>
  );
}
