/** The buttons on a pivot's sides: a field with the menu of all that can be done with it, and the one that adds another. */
import { createSignal, type JSX, Show } from 'solid-js';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { Menu, type MenuItem } from '../../parts/Menu.tsx';
import { pivot as words } from '../../words/pivot.ts';
import { MARKS } from '../table/types.ts';
import { mostOf, type Side } from './change.ts';

export function Chip(props: {
  readonly side: Side;
  readonly name: string;
  readonly said: string;
  readonly type: string;
  readonly items: () => readonly MenuItem[];
  readonly drags: JSX.ButtonHTMLAttributes<HTMLButtonElement>;
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  return (
    <>
      <button
        ref={button}
        type="button"
        class="pivot-chip"
        aria-label={words.field(
          [props.name, props.said].filter((one) => one !== '').join(', '),
          words.sides[props.side],
        )}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={props.name}
        onClick={() => setOpen(!open())}
        {...props.drags}
      >
        <Show when={props.type !== ''}>
          <small class="pivot-mark">{MARKS[kindOf(props.type)]}</small>
        </Show>
        <span>{props.name}</span>
        <Show when={props.said !== ''}>
          <small>{props.said}</small>
        </Show>
      </button>
      <Show when={open()}>
        <Menu label={props.name} anchor={button} items={props.items()} onClose={() => setOpen(false)} />
      </Show>
    </>
  );
}

export function AddButton(props: {
  readonly side: Side;
  readonly full: boolean;
  readonly items: () => readonly MenuItem[];
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  const label = () => words.add(words.sides[props.side]);
  return (
    <>
      <button
        ref={button}
        type="button"
        class="pivot-add"
        aria-label={label()}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={props.full ? words.full(mostOf(props.side)) : label()}
        disabled={props.full}
        onClick={() => setOpen(!open())}
      >
        +
      </button>
      <Show when={open()}>
        <Menu label={label()} anchor={button} items={props.items()} onClose={() => setOpen(false)} />
      </Show>
    </>
  );
}
