/**
 * A control whose options come from a query. Until they are there what is chosen is the only one; where they can't be read,
 * or are too many, the value is typed: it is only ever data. Who comes back to it after a while asks again.
 */
import {
  type Accessor,
  createEffect,
  createSignal,
  createUniqueId,
  For,
  type JSX,
  Match,
  on,
  onCleanup,
  Show,
  Switch,
} from 'solid-js';
import type { Choice, Option } from '../../server/protocol/forms.ts';
import { words as page } from '../words/en.ts';
import { formWords as words } from '../words/forms.ts';
import type { AskedOptions, AskOptions } from './options.ts';

type State =
  | { readonly at: 'loading' }
  | ({ readonly at: 'known' } & AskedOptions)
  | { readonly at: 'failed'; readonly message: string };

/** As long as the server keeps them. */
const FRESH_MS = 60_000;

export function Queried(props: {
  readonly name: string;
  /** Another query has other options. */
  readonly query: string;
  readonly ask: AskOptions;
  /** What is chosen now, which need not be among them. */
  readonly chosen: readonly unknown[];
  readonly choose: (options: Accessor<readonly Option[]>) => JSX.Element;
  /** `list`: the id of a list of suggestions. */
  readonly write: (list: string | undefined) => JSX.Element;
}): JSX.Element {
  const [state, setState] = createSignal<State>({ at: 'loading' });
  const list = createUniqueId();
  let asked = new AbortController();
  let askedAt = Number.NEGATIVE_INFINITY;
  onCleanup(() => asked.abort());
  async function read(): Promise<void> {
    asked.abort();
    const own = new AbortController();
    asked = own;
    askedAt = performance.now();
    if (state().at === 'failed') setState({ at: 'loading' });
    const answer = await props.ask(props.name, own.signal);
    if (own.signal.aborted) return;
    setState(answer.ok ? { at: 'known', ...answer.value } : { at: 'failed', message: answer.problem.message });
  }
  createEffect(
    on(
      () => props.query,
      () => void read(),
    ),
  );
  const known = (): readonly Option[] => {
    const now = state();
    return withChosen(now.at === 'known' ? now.options : [], props.chosen);
  };
  const failure = (): string | undefined => {
    const now = state();
    return now.at === 'failed' ? now.message : undefined;
  };
  const isMore = (): boolean => {
    const now = state();
    return now.at === 'known' && now.more;
  };
  return (
    <span
      class="form-asked"
      aria-busy={state().at === 'loading'}
      onFocusIn={() => {
        if (performance.now() - askedAt > FRESH_MS) void read();
      }}
    >
      <Switch fallback={props.choose(known)}>
        <Match when={state().at === 'failed'}>{props.write(undefined)}</Match>
        <Match when={isMore()}>
          {props.write(list)}
          <datalist id={list}>
            <For each={known()}>{({ value, label }) => <option value={value}>{label ?? value}</option>}</For>
          </datalist>
          <small class="quiet">{words.more}</small>
        </Match>
      </Switch>
      <Show when={state().at === 'loading'}>
        <small class="quiet" role="status">
          {words.loading}
        </small>
      </Show>
      <Show when={failure()}>
        {(message) => (
          <small class="form-said" role="status">
            {message()}{' '}
            <button type="button" class="link-button" onClick={() => void read()}>
              {page.retry}
            </button>
          </small>
        )}
      </Show>
    </span>
  );
}

function withChosen(options: readonly Option[], chosen: readonly unknown[]): readonly Option[] {
  const there = new Set<unknown>(options.map(({ value }) => value));
  const others = chosen.filter((one): one is Choice => typeof one === 'string' || typeof one === 'number');
  return [...options, ...others.filter((one) => !there.has(one)).map((value) => ({ value }))];
}
