import { type JSX, Show } from 'solid-js';
import { words } from '../words/en.ts';

/** Said in the dialog itself: what lies under it is out of reach, messages at the foot of the page too. */
export type Saying = { readonly text: string; readonly bad?: true; readonly undo?: () => void };

export const Said = (props: { readonly saying: Saying | undefined }): JSX.Element => (
  <div class="share-said" role="status">
    <Show when={props.saying}>
      {(now) => (
        <>
          <span classList={{ 'failed-text': now().bad === true }}>{now().text}</span>
          <Show when={now().undo}>
            {(undo) => (
              <button type="button" class="button small" onClick={() => undo()()}>
                {words.undo}
              </button>
            )}
          </Show>
        </>
      )}
    </Show>
  </div>
);
