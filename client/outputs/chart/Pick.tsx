/** The buttons of a chart's panel that open a menu: a column for a channel, and a choice of words. */
import { createSignal, type JSX, Show } from 'solid-js';
import type { ChannelName } from '../../../server/protocol/chart.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { Menu, type MenuItem } from '../../parts/Menu.tsx';
import { chart as words } from '../../words/chart.ts';
import { MARKS as TYPE_MARKS } from '../table/types.ts';

export type Named = { readonly key: string; readonly type: string };

export function Pick(props: {
  readonly label: string;
  readonly channel: ChannelName;
  readonly column: Named | undefined;
  readonly said: string;
  readonly empty?: string;
  readonly items: () => readonly MenuItem[];
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  const shown = (): string =>
    props.column ? `${props.said} ${props.column.key}`.trim() : (props.empty ?? words.choose);
  return (
    <div class="chart-pick">
      <span>{props.label}</span>
      <button
        ref={button}
        type="button"
        data-channel={props.channel}
        aria-label={`${words.pick(props.label)}: ${shown()}`}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={props.column ? `${props.column.key} · ${props.column.type}` : ''}
        onClick={() => setOpen(!open())}
      >
        <Show when={props.column} fallback={<i>{props.empty ?? words.choose}</i>}>
          {(column) => (
            <>
              {/* A mark, and no text: what is read is the button's name. */}
              <small class="chart-type" aria-hidden="true" data-type={TYPE_MARKS[kindOf(column().type)]} />
              <Show when={props.said !== ''}>
                <small>{props.said}</small>{' '}
              </Show>
              <span>{column().key}</span>
            </>
          )}
        </Show>
      </button>
      <Show when={open()}>
        <Menu label={words.pick(props.label)} anchor={button} items={props.items()} onClose={() => setOpen(false)} />
      </Show>
    </div>
  );
}

export function Choice(props: {
  readonly label: string;
  readonly text: string;
  readonly items: () => readonly MenuItem[];
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  return (
    <div class="chart-pick">
      <span>{props.label}</span>
      <button
        ref={button}
        type="button"
        aria-label={words.pick(props.label)}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={props.text}
        onClick={() => setOpen(!open())}
      >
        <span>{props.text}</span>
      </button>
      <Show when={open()}>
        <Menu label={words.pick(props.label)} anchor={button} items={props.items()} onClose={() => setOpen(false)} />
      </Show>
    </div>
  );
}
