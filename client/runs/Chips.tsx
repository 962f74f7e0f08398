import { For, type JSX, Show } from 'solid-js';
import { earlierWords } from '../words/earlier.ts';
import type { ShownValue } from './earlier.ts';

/** Values of forms; those that are marked differ. */
export function Chips(props: {
  readonly values: readonly ShownValue[];
  readonly marked: (name: string) => boolean;
}): JSX.Element {
  return (
    <Show when={props.values.length > 0}>
      <dl class="chips">
        <For each={props.values}>
          {({ name, label, text, isLost }) => (
            <div
              class="chip"
              classList={{ differs: props.marked(name) }}
              data-form={name}
              data-tip={isLost ? earlierWords.noForm : undefined}
            >
              <dt>{label}</dt>
              <dd>
                <Show when={text !== ''} fallback={<i>{earlierWords.empty}</i>}>
                  {text}
                </Show>
                <Show when={props.marked(name)}>
                  <span class="unseen">, {earlierWords.differs}</span>
                </Show>
              </dd>
            </div>
          )}
        </For>
      </dl>
    </Show>
  );
}
