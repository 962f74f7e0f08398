/**
 * What a pivot is made of: all fields, each put on or taken off by a click, and the three sides they stand on. Fields are
 * dragged among them too; whatever a drag does, a menu of the field does by keys.
 */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { aggregatesOf } from '../../../server/protocol/pivot/plan.ts';
import { PIVOT_UNITS, type PivotField, type PivotSpec } from '../../../server/protocol/pivot.ts';
import { calendarOf, kindOf } from '../../../server/protocol/table/kinds.ts';
import { Menu, type MenuItem } from '../../parts/Menu.tsx';
import { pivot as words } from '../../words/pivot.ts';
import { group } from '../table/numbers.ts';
import { MARKS } from '../table/types.ts';
import {
  added,
  isFull,
  isUsed,
  mostOf,
  moved,
  type Place,
  removed,
  SIDES,
  type Side,
  stepped,
  toggled,
  withField,
  withTotals,
  withValue,
} from './change.ts';
import { nameOf, valueTitle } from './texts.ts';

export type PanelProps = {
  readonly spec: PivotSpec;
  readonly columns: readonly Column[];
  readonly onSpec: (spec: PivotSpec) => void;
};

/** Fields in a list: more take a moment to show, and are found by their name. */
const MOST_FIELDS = 200;
const WIDTHS = [1, 10, 100, 1000] as const;

/** What is dragged: a place on a side, or a column of the list. */
type Dragged = Place | { readonly key: string };

export function Panel(props: PanelProps): JSX.Element {
  const [sought, setSought] = createSignal('');
  const [dragged, setDragged] = createSignal<Dragged>();
  const [over, setOver] = createSignal<Place>();
  const named = createMemo(() => {
    const keys = uniqueNames(props.columns.map(({ name }) => name));
    return props.columns.map(({ type }, at) => ({ key: keys[at]!, type }));
  });
  const found = createMemo(() => {
    const text = sought().trim().toLowerCase();
    return text === '' ? named() : named().filter(({ key }) => key.toLowerCase().includes(text));
  });
  const typeOf = (key: string | undefined): string => named().find((one) => one.key === key)?.type ?? '';

  function drop(to: Place): void {
    const one = dragged();
    setDragged(undefined);
    setOver(undefined);
    if (!one) return;
    if ('key' in one) props.onSpec(added(props.spec, to.side, one.key, props.columns, to.at));
    else props.onSpec(moved(props.spec, one, to, props.columns));
  }
  const drags = (one: Dragged) => ({
    draggable: true,
    onDragStart: (event: DragEvent) => {
      event.dataTransfer?.setData('text/plain', '');
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
      setDragged(one);
    },
    onDragEnd: () => {
      setDragged(undefined);
      setOver(undefined);
    },
  });
  const takes = (to: () => Place) => ({
    onDragOver: (event: DragEvent) => {
      if (!dragged()) return;
      event.preventDefault();
      event.stopPropagation();
      setOver(to());
    },
    onDrop: (event: DragEvent) => {
      if (!dragged()) return;
      event.preventDefault();
      event.stopPropagation();
      drop(to());
    },
  });

  return (
    <aside class="pivot-panel" aria-label={words.settings}>
      <div class="pivot-fields">
        <Show when={props.columns.length > 12} fallback={<span class="pivot-side-name">{words.fields}</span>}>
          <input
            type="search"
            placeholder={words.search}
            aria-label={words.search}
            onInput={(event) => setSought(event.currentTarget.value)}
            onKeyDown={(event) => event.stopPropagation()}
          />
        </Show>
        <ul aria-label={words.fields} title={words.hint}>
          <For each={found().slice(0, MOST_FIELDS)}>
            {({ key, type }) => (
              <li>
                <label {...drags({ key })}>
                  <input
                    type="checkbox"
                    checked={isUsed(props.spec, key)}
                    onChange={(event) => {
                      props.onSpec(toggled(props.spec, key, props.columns));
                      // A side that is full takes no more.
                      event.currentTarget.checked = isUsed(props.spec, key);
                    }}
                  />
                  <small aria-hidden="true">{MARKS[kindOf(type)]}</small>
                  <span>{nameOf(key)}</span>
                </label>
              </li>
            )}
          </For>
        </ul>
        <Show when={found().length > MOST_FIELDS}>
          <p>{words.moreFields(found().length - MOST_FIELDS)}</p>
        </Show>
        <Show when={found().length === 0}>
          <p>{words.noField}</p>
        </Show>
      </div>
      <div class="pivot-sides">
        <For each={SIDES}>
          {(side) => (
            <fieldset
              class="pivot-side"
              aria-label={words.sides[side]}
              data-side={side}
              classList={{ over: over()?.side === side }}
              {...takes(() => ({ side, at: props.spec[side].length }))}
            >
              <div class="pivot-side-head">
                <span class="pivot-side-name">{words.sides[side]}</span>
                <AddButton
                  side={side}
                  full={isFull(props.spec, side)}
                  items={() =>
                    named()
                      .slice(0, MOST_FIELDS)
                      .map(({ key, type }) => ({
                        label: nameOf(key),
                        icon: () => <small class="pivot-mark">{MARKS[kindOf(type)]}</small>,
                        do: () => props.onSpec(added(props.spec, side, key, props.columns)),
                      }))
                  }
                />
              </div>
              <ul aria-label={words.sides[side]}>
                <For each={props.spec[side]}>
                  {(one, at) => (
                    <li
                      classList={{ before: over()?.side === side && over()?.at === at() }}
                      {...takes(() => ({ side, at: at() }))}
                    >
                      <Chip
                        side={side}
                        name={'aggregate' in one ? valueTitle(one) : nameOf(one.column)}
                        said={'aggregate' in one ? '' : saidOf(one)}
                        type={typeOf(one.column)}
                        items={() => itemsOf(props, { side, at: at() }, typeOf(one.column))}
                        drags={drags({ side, at: at() })}
                      />
                    </li>
                  )}
                </For>
              </ul>
              <Show when={props.spec[side].length === 0}>
                <p>{words.empty[side]}</p>
              </Show>
            </fieldset>
          )}
        </For>
        <fieldset class="pivot-side" aria-label={words.totals}>
          <span class="pivot-side-name">{words.totals}</span>
          <For each={['rowTotals', 'columnTotals'] as const}>
            {(which) => (
              <label class="pivot-check">
                <input
                  type="checkbox"
                  checked={props.spec[which] !== false}
                  onChange={(event) => props.onSpec(withTotals(props.spec, which, event.currentTarget.checked))}
                />
                <span>{words[which]}</span>
              </label>
            )}
          </For>
        </fieldset>
      </div>
    </aside>
  );
}

const saidOf = ({ unit, bin }: PivotField): string => {
  if (unit) return words.units[unit];
  return bin === undefined ? '' : bin === 'auto' ? words.bins : words.wide(group(String(bin)));
};

/** All that can be done with a field where it stands. */
function itemsOf({ spec, onSpec, columns }: PanelProps, place: Place, type: string): MenuItem[] {
  const { side, at } = place;
  const items: MenuItem[] = side === 'values' ? ofValue(spec, at, type, onSpec) : ofField(spec, place, type, onSpec);
  const others = SIDES.filter((other) => other !== side && !isFull(spec, other));
  const one = spec[side][at];
  const move = (by: -1 | 1): MenuItem => ({
    label: by < 0 ? words.earlier : words.later,
    do: () => onSpec(stepped(spec, place, by)),
  });
  return [
    ...items,
    ...(items.length > 0 ? (['rule'] as const) : []),
    ...(at > 0 ? [move(-1)] : []),
    ...(at < spec[side].length - 1 ? [move(1)] : []),
    ...(one?.column === undefined ? [] : others).map((other) => ({
      label: words.moveTo(words.sides[other]),
      do: () => onSpec(moved(spec, place, { side: other, at: spec[other].length }, columns)),
    })),
    { label: words.remove, do: () => onSpec(removed(spec, place)) },
  ];
}

function ofValue(spec: PivotSpec, at: number, type: string, onSpec: (spec: PivotSpec) => void): MenuItem[] {
  const value = spec.values[at];
  if (value?.column === undefined) return [];
  return [
    { heading: words.aggregate },
    ...aggregatesOf(type).map((aggregate) => ({
      label: words.aggregates[aggregate],
      checked: value.aggregate === aggregate,
      do: () => onSpec(withValue(spec, at, { ...value, aggregate })),
    })),
  ];
}

function ofField(spec: PivotSpec, place: Place, type: string, onSpec: (spec: PivotSpec) => void): MenuItem[] {
  const field = place.side === 'values' ? undefined : spec[place.side][place.at];
  if (!field) return [];
  const { column, unit, bin } = field;
  const choice = (label: string, checked: boolean, next: PivotField): MenuItem => ({
    label,
    checked,
    do: () => onSpec(withField(spec, place, next)),
  });
  if (calendarOf(type)) {
    return [
      { heading: words.stretches },
      choice(words.each, unit === undefined, { column }),
      ...PIVOT_UNITS.map((one) => choice(words.units[one], unit === one, { column, unit: one })),
    ];
  }
  if (kindOf(type) !== 'number') return [];
  const widths = typeof bin === 'number' && !WIDTHS.some((width) => width === bin) ? [bin, ...WIDTHS] : WIDTHS;
  return [
    { heading: words.bins },
    choice(words.each, bin === undefined, { column }),
    choice(words.automatic, bin === 'auto', { column, bin: 'auto' }),
    ...widths.map((width) => choice(words.wide(group(String(width))), bin === width, { column, bin: width })),
  ];
}

function Chip(props: {
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

function AddButton(props: {
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
