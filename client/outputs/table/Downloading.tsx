/** A download under way, in the footer: how far it is, the way to give it up, and what became of it. */
import { createSignal, type JSX, Match, onCleanup, Show, Switch } from 'solid-js';
import { downloads as words } from '../../words/downloads.ts';
import { bytesText } from '../bytes.ts';
import { type Outcome, prepare, type Step, saveFrom } from './downloading.ts';
import type { DownloadFormat } from './rows.ts';
import './download.css';

export type Download = {
  readonly format: DownloadFormat;
  readonly name: string;
  /** Of the rows. */
  readonly href: string;
  /** Where it is asked to be prepared. */
  readonly preparing: string;
};

export default function Downloading(props: { readonly download: Download; readonly onEnd: () => void }): JSX.Element {
  const { format, name, href, preparing } = props.download;
  const [step, setStep] = createSignal<Step>();
  const [outcome, setOutcome] = createSignal<Exclude<Outcome, { is: 'cancelled' | 'direct' }>>();
  const stop = new AbortController();
  onCleanup(() => stop.abort());
  const label = words.formats[format];

  void prepare(preparing, setStep, stop.signal).then((end) => {
    if (end.is === 'cancelled') return;
    if (end.is === 'failed') {
      setOutcome(end);
      return;
    }
    saveFrom(href, name);
    // What was there at once needs no word.
    if (end.is === 'ready' && step()) setOutcome(end);
    else props.onEnd();
  });

  return (
    <span class="table-preparing">
      <Switch>
        <Match when={ended(outcome(), 'ready')}>
          {(end) => (
            <a href={href} download={name} title={words.again}>
              {words.ready(label, bytesText(end().bytes))}
            </a>
          )}
        </Match>
        <Match when={ended(outcome(), 'failed')}>
          {(end) => (
            <>
              <span role="alert">{words.failed(label, end().message ?? words.unreachable)}</span>
              <a href={href} download={name} title={words.directly}>
                {words.direct}
              </a>
            </>
          )}
        </Match>
        <Match when={step()}>
          {(now) => (
            <>
              <progress max="1" value={now().fraction} aria-label={words.preparingLabel(label)} />
              <span>{words.preparing(label, Math.floor(now().fraction * 100))}</span>
              <Show when={now().bytes > 0}>
                <span>{bytesText(now().bytes)}</span>
              </Show>
            </>
          )}
        </Match>
      </Switch>
      <Show when={step() || outcome()}>
        <button
          type="button"
          aria-label={outcome() ? words.dismiss : words.cancel(label)}
          title={outcome() ? words.dismiss : words.cancel(label)}
          onClick={() => props.onEnd()}
        >
          ×
        </button>
      </Show>
    </span>
  );
}

function ended<T extends Outcome['is']>(outcome: Outcome | undefined, is: T): Extract<Outcome, { is: T }> | undefined {
  const isIt = (one: Outcome | undefined): one is Extract<Outcome, { is: T }> => one?.is === is;
  return isIt(outcome) ? outcome : undefined;
}
