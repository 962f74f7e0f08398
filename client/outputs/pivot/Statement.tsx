/** The statement behind a pivot: to be copied, or put into the notebook below the result. */
import { createEffect, createSignal, type JSX, on, onCleanup, Show } from 'solid-js';
import { pivot as words } from '../../words/pivot.ts';
import { failureText } from '../asked.ts';
import { askStatement, type PivotOf } from './ask.ts';

/** What stands for the table where nothing names it. */
const UNNAMED = 'this_table';

export function Statement(props: {
  readonly of: PivotOf;
  /** Of the result. */
  readonly name: string | undefined;
  readonly onInsert: ((source: string) => void) | undefined;
  readonly onClose: () => void;
}): JSX.Element {
  const [sql, setSql] = createSignal<string>();
  const [said, setSaid] = createSignal('');
  createEffect(
    on(
      () => [props.of, props.name] as const,
      ([of, name]) => {
        const stop = new AbortController();
        onCleanup(() => stop.abort());
        const ask = async (): Promise<void> => {
          const asked = await askStatement(of, name ?? UNNAMED, stop.signal);
          setSql(asked.ok ? asked.answer.sql : undefined);
          setSaid(asked.ok ? '' : failureText(asked.failure) || words.failed);
        };
        // It rejects only where it is not wanted any more.
        ask().catch(() => undefined);
      },
    ),
  );
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(sql() ?? '');
      setSaid(words.copied);
    } catch {
      setSaid(words.notCopied);
    }
  }
  return (
    <section class="pivot-sql" aria-label={words.sqlTitle}>
      <pre tabindex={0}>{sql() ?? '…'}</pre>
      <div>
        <button type="button" class="link" disabled={sql() === undefined} onClick={() => void copy()}>
          {words.copy}
        </button>
        <Show when={props.name !== undefined && props.onInsert}>
          {(insert) => (
            <button type="button" class="link" disabled={sql() === undefined} onClick={() => insert()(sql() ?? '')}>
              {words.insert}
            </button>
          )}
        </Show>
        <Show when={props.name === undefined}>
          <span>{words.unnamed}</span>
        </Show>
        <span role="status">{said()}</span>
        <button type="button" class="link" onClick={props.onClose}>
          {words.close}
        </button>
      </div>
    </section>
  );
}
