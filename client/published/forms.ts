/**
 * The forms of a notebook on the page of a link: what the server says there is to fill in, and the viewer's values of it. Call
 * it inside a component. Asked for again when what is published changed, and when one comes back to the page.
 */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import type { Json } from '../../server/protocol/document.ts';
import { declare } from '../../server/protocol/forms/declare.ts';
import { type DeclaredForm, type Forms, isPassword } from '../../server/protocol/forms.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { type Answer, call, record } from '../api.ts';
import { createFormRuns, type FormRuns } from '../forms/running.ts';
import { unusedIn } from '../forms/unused.ts';
import { createValues } from '../forms/values.ts';
import { asking } from '../standing.ts';
import type { Published } from './calls.ts';

export const readForms = (id: NotebookId, signal: AbortSignal): Promise<Answer<readonly DeclaredForm[]>> =>
  call(`/notebooks/${id}/forms`, { signal, cache: 'no-store', ...asking() }, (value) => {
    const { items } = record(value);
    return Array.isArray(items) ? items.flatMap((item) => parseForm(item) ?? []) : undefined;
  });

/** Read as a declaration is, which it was. The query of what asks for its options is not told. */
function parseForm(item: unknown): DeclaredForm | undefined {
  const { name, asks, options, ...said } = record(item);
  if (typeof name !== 'string') return undefined;
  const choice = asks === true ? { options: { query: name } } : options === undefined ? {} : { options };
  const { form } = declare(name, { ...said, ...choice } as Json);
  return form && { ...form, place: { in: 'front' } };
}

/** While something runs what is published changes all the time; its forms hardly ever. */
const AGAIN_MS = 5_000;

export type PublishedForms = FormRuns & {
  /** What the address asks for that is not used here; nothing before the forms are known. */
  readonly unused: Accessor<readonly string[]>;
};

export function openPublishedForms(parts: {
  readonly id: NotebookId;
  readonly published: Accessor<Published | undefined>;
  readonly runnable: () => boolean;
  /** What is not of the viewer's values. */
  readonly run: () => void;
}): PublishedForms {
  const [forms, setForms] = createSignal<Forms>(
    { forms: [], problems: [] },
    { equals: (a, b) => JSON.stringify(a) === JSON.stringify(b) },
  );
  const [known, setKnown] = createSignal(false);
  const ended = new AbortController();
  onCleanup(() => ended.abort());
  let readAt = Number.NEGATIVE_INFINITY;
  async function read(): Promise<void> {
    if (performance.now() - readAt < AGAIN_MS) return;
    readAt = performance.now();
    const answer = await readForms(parts.id, ended.signal);
    if (!answer.ok || ended.signal.aborted) return;
    setForms({ forms: answer.value, problems: [] });
    setKnown(true);
  }
  createEffect(on(parts.published, (published) => published && void read()));
  const seen = (): void => {
    if (document.visibilityState === 'visible' && parts.published()) void read();
  };
  document.addEventListener('visibilitychange', seen);
  onCleanup(() => document.removeEventListener('visibilitychange', seen));
  const takes = (): ReadonlySet<string> =>
    new Set(parts.runnable() ? forms().forms.flatMap((form) => (isPassword(form) ? [] : [form.name])) : []);
  const runs = createFormRuns({
    view: createValues(forms, addressFor(parts.runnable)),
    run: parts.run,
    isVisitor: () => true,
    runnable: parts.runnable,
    storage: localStorage,
  });
  return { ...runs, unused: createMemo(() => (known() ? unusedIn(location.search, takes()) : [])) };
}

/** To whoever may run nothing the address says nothing: prose with its values would stand over results of others. */
const addressFor = (runnable: () => boolean) => ({
  get location() {
    const { pathname, search, hash } = window.location;
    return { pathname, search: runnable() ? search : '', hash };
  },
  history: window.history,
  addEventListener: window.addEventListener.bind(window),
  removeEventListener: window.removeEventListener.bind(window),
});
