/** In which form all rows leave the page; and how a CSV is written, for programs that want it otherwise. */
import { createSignal, For, type JSX, onMount, Show } from 'solid-js';
import { downloads as words } from '../../words/downloads.ts';
import type { Chosen, DownloadFormat } from './rows.ts';
import './download.css';

const FORMATS = [
  'csv',
  'tsv',
  'xlsx',
  'parquet',
  'arrow',
  'json',
  'jsonl',
] as const satisfies readonly DownloadFormat[];
const SEPARATORS = [',', ';', '\t', '|'] as const;

type Link = { readonly href: string; readonly download: string };

export type DownloadMenuProps = {
  readonly anchor: HTMLElement;
  readonly linkOf: (chosen: Chosen) => Link;
  readonly onChoose: (chosen: Chosen, event: MouseEvent) => void;
  readonly onClose: () => void;
};

export default function DownloadMenu(props: DownloadMenuProps): JSX.Element {
  const [isOther, setOther] = createSignal(false);
  let box!: HTMLDivElement;
  onMount(() => {
    box.addEventListener(
      'toggle',
      (event) => event instanceof ToggleEvent && event.newState === 'closed' && props.onClose(),
    );
    box.addEventListener('keydown', step);
    box.showPopover();
    place();
    box.querySelector('a')?.focus();
  });
  /** The top layer knows no place of its own. */
  function place(): void {
    const at = props.anchor.getBoundingClientRect();
    box.style.right = `${Math.max(8, document.documentElement.clientWidth - at.right)}px`;
    box.style.bottom = `${Math.max(8, innerHeight - at.top + 4)}px`;
  }
  function shut(): void {
    box.hidePopover();
    props.anchor.focus({ preventScroll: true });
  }
  function choose(chosen: Chosen, event: MouseEvent): void {
    props.onChoose(chosen, event);
    shut();
  }
  function step(event: KeyboardEvent): void {
    const leaves = event.key === 'Escape' || (event.key === 'Tab' && !isOther());
    if (leaves) {
      event.preventDefault();
      event.stopPropagation();
      shut();
      return;
    }
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0 || isOther()) return;
    event.preventDefault();
    const items = Array.from(box.querySelectorAll('[role="menuitem"]')).filter((item) => item instanceof HTMLElement);
    const next = items.findIndex((item) => item.matches(':focus')) + by;
    items[(next + items.length) % items.length]?.focus();
  }
  function openOther(): void {
    setOther(true);
    box.querySelector('select')?.focus();
  }
  return (
    <div ref={box} class="table-menu" popover="auto">
      <Show when={!isOther()} fallback={<Other linkOf={props.linkOf} onChoose={choose} />}>
        <div role="menu">
          <For each={FORMATS}>
            {(format) => (
              <a
                role="menuitem"
                href={props.linkOf({ format }).href}
                download={props.linkOf({ format }).download}
                onClick={(event) => choose({ format }, event)}
              >
                {words.formats[format]}
              </a>
            )}
          </For>
          <button type="button" role="menuitem" onClick={openOther}>
            {words.other}
          </button>
        </div>
      </Show>
    </div>
  );
}

function Other(props: Pick<DownloadMenuProps, 'linkOf' | 'onChoose'>): JSX.Element {
  const [separator, setSeparator] = createSignal<string>(',');
  const [mark, setMark] = createSignal(true);
  const [guard, setGuard] = createSignal(true);
  const chosen = (): Chosen => ({
    format: 'csv',
    written: {
      separator: separator(),
      ...(mark() ? { mark: 'true' } : {}),
      ...(guard() ? { guard: 'true' } : {}),
    },
  });
  return (
    <fieldset class="download-other" aria-label={words.otherLabel}>
      <label>
        <span>{words.separator}</span>
        <select onChange={(event) => setSeparator(event.currentTarget.value)}>
          <For each={SEPARATORS}>{(one) => <option value={one}>{words.separators[one]}</option>}</For>
        </select>
      </label>
      <label>
        <input type="checkbox" checked={mark()} onChange={(event) => setMark(event.currentTarget.checked)} />
        <span>{words.mark}</span>
      </label>
      <label>
        <input type="checkbox" checked={guard()} onChange={(event) => setGuard(event.currentTarget.checked)} />
        <span>{words.guard}</span>
      </label>
      <a
        class="download-go"
        href={props.linkOf(chosen()).href}
        download={props.linkOf(chosen()).download}
        onClick={(event) => props.onChoose(chosen(), event)}
      >
        {words.download}
      </a>
    </fieldset>
  );
}
