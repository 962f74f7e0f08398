/**
 * What a pivot is made of: all fields, each put on or taken off by a click, and the three sides they stand on. Fields are
 * dragged among them too; whatever a drag does, a menu of the field does by keys.
 */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import { uniqueNames } from '../../../server/protocol/names.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { pivot as words } from '../../words/pivot.ts';
import { MARKS } from '../table/types.ts';
import { AddButton, Chip } from './Chip.tsx';
import { added, isFull, isUsed, moved, type Place, SIDES, toggled, withTotals } from './change.ts';
import { type Changing, itemsOf, saidOf } from './items.ts';
import { nameOf, valueTitle } from './texts.ts';

/** Fields in a list: more take a moment to show, and are found by their name. */
const MOST_FIELDS = 200;

/** What is dragged: a place on a side, or a column of the list. */
type Dragged = Place | { readonly key: string };

export function Panel(props: Changing): JSX.Element {
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
    // biome-ignore lint/a11y/useSemanticElements: a landmark for each result would drown the page's own
    <div class="pivot-panel" role="group" aria-label={words.settings}>
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
    </div>
  );
}
