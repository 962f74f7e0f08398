/** Below a pivot: how much there is of it, a way out of a long wait, and whose it is. */
import { type JSX, Show } from 'solid-js';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import { pivot as words } from '../../words/pivot.ts';
import { sizeText } from './texts.ts';

export function Foot(props: {
  readonly answer: PivotAnswer | undefined;
  /** Rows of the result. */
  readonly of: number;
  /** The answer is long in coming. */
  readonly slow: boolean;
  readonly said: string;
  /** It differs from what everyone sees. */
  readonly own: boolean;
  readonly saved: boolean;
  readonly savable: boolean;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
  readonly onStartAnew: () => void;
  /** Absent for those who may not write. */
  readonly onSave: (() => void) | undefined;
  readonly onUnsave: () => void;
}): JSX.Element {
  return (
    <div class="pivot-foot">
      <Show when={props.slow} fallback={<span>{sizeText(props.answer, props.of)}</span>}>
        <span>{words.waiting}</span>
        <button type="button" class="link" onClick={() => props.onCancel()}>
          {words.cancel}
        </button>
      </Show>
      <span role="status">{props.said}</span>
      <Show when={props.said === words.cancelled}>
        <button type="button" class="link" onClick={() => props.onAgain()}>
          {words.again}
        </button>
      </Show>
      <span class="pivot-save">
        <Show when={props.own}>
          <span>{words.onlyYou}</span>
          <button type="button" class="link" onClick={() => props.onStartAnew()}>
            {words.startAnew}
          </button>
        </Show>
        <Show when={props.onSave}>
          <Show
            when={props.saved}
            fallback={
              <button type="button" class="link" disabled={!props.savable} onClick={() => props.onSave?.()}>
                {words.save}
              </button>
            }
          >
            <span>{words.saved}</span>
            <button type="button" class="link" onClick={() => props.onUnsave()}>
              {words.unsave}
            </button>
          </Show>
        </Show>
      </span>
    </div>
  );
}
