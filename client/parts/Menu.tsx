/**
 * A menu at an element: arrows, Home and End move, what is typed jumps to the item that begins so, an item's own key and
 * Enter do, Esc and Tab leave; the focus goes back to where it came from. It goes along when the page is scrolled. One
 * component for all menus, mounted only while open.
 */
import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { Portal } from 'solid-js/web';

export type MenuItem =
  | {
      readonly label: string;
      readonly key?: string | undefined;
      readonly hint?: string | undefined;
      readonly icon?: (() => JSX.Element) | undefined;
      readonly danger?: boolean;
      /** Present: one of a choice. */
      readonly checked?: boolean;
      readonly do: () => void;
    }
  | { readonly heading: string }
  | 'rule';

const EDGE = 8;
/** Letters closer together than this, in ms, are one word: as in menus of systems. */
const SAME_WORD = 800;

export function Menu(props: {
  readonly label: string;
  readonly anchor: Element;
  readonly items: readonly MenuItem[];
  readonly align?: 'start' | 'end';
  readonly onClose: () => void;
  /** A letter that no item has: it was not meant for the menu, which has closed. */
  readonly onOther?: (letter: string) => void;
  /** Stands above the items: facts, not choices. */
  readonly head?: JSX.Element;
}): JSX.Element {
  let box!: HTMLElement;
  const [place, setPlace] = createSignal({ left: 0, top: 0 });
  const before = document.activeElement;
  let typed = { text: '', at: Number.NEGATIVE_INFINITY };
  const choices = (): HTMLElement[] => [...box.querySelectorAll<HTMLElement>('[role^="menuitem"]')];

  const close = (): void => {
    props.onClose();
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
  const focusAt = (index: number): void => {
    const list = choices();
    list[(index + list.length) % list.length]?.focus({ preventScroll: true });
  };
  const onKey = (event: KeyboardEvent): void => {
    event.stopPropagation();
    const list = choices();
    const at = list.findIndex((item) => item.matches(':focus'));
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: at + 1,
      ArrowUp: at < 0 ? -1 : at - 1,
      Home: 0,
      End: -1,
    };
    const to = moves[event.key];
    if (to !== undefined) focusAt(to);
    else if (event.key === 'Escape' || event.key === 'Tab') close();
    else if (event.key.length === 1 && event.key !== ' ') {
      const letter = event.key.toLowerCase();
      const goesOn =
        event.timeStamp - typed.at < SAME_WORD
          ? startsWith(list.slice(Math.max(0, at)), typed.text + letter)
          : undefined;
      const next = goesOn ?? startsWith([...list.slice(at + 1), ...list], letter);
      typed = { text: goesOn ? typed.text + letter : letter, at: event.timeStamp };
      const own = goesOn ? undefined : list.find((item) => item.dataset.key === event.key);
      if (own) own.click();
      else if (next) next.focus({ preventScroll: true });
      else if (props.onOther && !event.ctrlKey && !event.metaKey && !event.altKey && !event.isComposing) {
        close();
        props.onOther(event.key);
      } else return;
    } else return;
    event.preventDefault();
  };
  const outside = (event: Event): void => {
    if (event.target instanceof Node && !box.contains(event.target) && !props.anchor.contains(event.target))
      props.onClose();
  };

  const put = (): void => {
    const at = props.anchor.getBoundingClientRect();
    const page = document.documentElement;
    const wanted = props.align === 'end' ? at.right - box.offsetWidth : at.left;
    const below = at.bottom + 4;
    const fits = below + box.offsetHeight <= page.clientHeight - EDGE;
    setPlace({
      left: Math.max(EDGE, Math.min(wanted, page.clientWidth - box.offsetWidth - EDGE)),
      top: fits
        ? below
        : Math.max(EDGE, Math.min(at.top - box.offsetHeight - 4, page.clientHeight - box.offsetHeight - EDGE)),
    });
  };

  onMount(() => {
    put();
    focusAt(0);
    document.addEventListener('pointerdown', outside, true);
    window.addEventListener('resize', props.onClose);
    window.addEventListener('scroll', put, { passive: true });
    onCleanup(() => {
      document.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('resize', props.onClose);
      window.removeEventListener('scroll', put);
    });
  });

  return (
    <Portal>
      {/* It stands outside of the page's landmarks: it is one of its own. Facts above the items are none of the menu's. */}
      <section
        ref={box}
        class="menu"
        aria-label={props.label}
        style={{ left: `${place().left}px`, top: `${place().top}px` }}
        onKeyDown={onKey}
      >
        {props.head}
        <div role="menu" tabindex={-1} aria-label={props.label}>
          <For each={props.items}>
            {(item) => {
              if (item === 'rule') return <hr class="menu-rule" />;
              if ('heading' in item) return <div class="menu-heading">{item.heading}</div>;
              return (
                <button
                  type="button"
                  class="menu-item"
                  classList={{ danger: item.danger === true }}
                  {...(item.checked === undefined
                    ? { role: 'menuitem' }
                    : { role: 'menuitemradio', 'aria-checked': item.checked })}
                  tabindex={-1}
                  data-key={item.key}
                  onPointerMove={(event) => event.currentTarget.focus({ preventScroll: true })}
                  onClick={() => {
                    close();
                    item.do();
                  }}
                >
                  <Show when={item.checked !== undefined}>
                    <span class="menu-check" aria-hidden="true">
                      {item.checked ? '✓' : ''}
                    </span>
                  </Show>
                  {item.icon?.()}
                  <span class="menu-label">
                    {item.label}
                    <Show when={item.hint}>
                      <small>{item.hint}</small>
                    </Show>
                  </span>
                  <Show when={item.key}>
                    <kbd>{item.key}</kbd>
                  </Show>
                </button>
              );
            }}
          </For>
        </div>
      </section>
    </Portal>
  );
}

/** By its label: icons and checks stand before it. */
function startsWith(items: readonly HTMLElement[], text: string): HTMLElement | undefined {
  return items.find((item) => item.querySelector('.menu-label')?.textContent?.trim().toLowerCase().startsWith(text));
}
