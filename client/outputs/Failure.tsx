/** What failed, where, and what to try; the likely fix is one click, the engine's own words are folded away. */
import { type JSX, Show } from 'solid-js';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import { outputs as words } from '../words/outputs.ts';

export function Failure(props: {
  readonly output: ErrorOutput;
  readonly onFix?: ((output: ErrorOutput) => void) | undefined;
}): JSX.Element {
  return (
    <section class="output-error" aria-label={words.error.label}>
      <b>{props.output.message}</b>
      <Show when={props.output.line}>{(line) => <code>{words.lineColumn(line(), props.output.column)}</code>}</Show>
      <Show when={props.output.hint}>{(hint) => <div class="output-hint">{hint()}</div>}</Show>
      <Show when={props.onFix && props.output.fix}>
        {(fix) => (
          <button type="button" class="output-fix" onClick={() => props.onFix?.(props.output)}>
            {fix().replacement === '' ? words.error.remove : words.error.fix(fix().replacement)}
          </button>
        )}
      </Show>
      <Show when={props.output.detail}>
        {(detail) => (
          <details>
            <summary>{words.error.detail}</summary>
            <pre class="output-detail">{detail()}</pre>
          </details>
        )}
      </Show>
    </section>
  );
}
