/** The box beside the pointer: the words of `tips.ts`, wherever there is room for them within the plot. */
import { createEffect, For, type JSX, Show } from 'solid-js';
import type { TipText } from './tips.ts';

export type Tip = { readonly text: TipText; readonly left: number; readonly top: number };

/** Pixels from the pointer, so that it hides nothing. */
const AWAY = 14;

export function TipBox(props: {
  readonly tip: Tip;
  readonly frame: HTMLElement;
  readonly colourOf: (name: string | undefined) => string | undefined;
}): JSX.Element {
  let box!: HTMLDivElement;
  createEffect(() => {
    const { left, top } = props.tip;
    const { clientWidth, clientHeight } = props.frame;
    const right = left + AWAY + box.offsetWidth <= clientWidth;
    box.style.left = `${Math.max(0, right ? left + AWAY : left - AWAY - box.offsetWidth)}px`;
    box.style.top = `${Math.max(0, Math.min(top + AWAY, clientHeight - box.offsetHeight))}px`;
  });
  return (
    <div ref={box} class="chart-tip" aria-hidden="true">
      <b>{props.tip.text.head}</b>
      <For each={props.tip.text.lines}>
        {(line) => (
          <div>
            <Show when={props.colourOf(line.colour)}>{(hue) => <i style={{ background: hue() }} />}</Show>
            <span>{line.name}</span>
            <em>{line.value}</em>
          </div>
        )}
      </For>
      <Show when={props.tip.text.foot}>{(foot) => <small>{foot()}</small>}</Show>
    </div>
  );
}
