/** The way out of the page: all rows as they are sorted and filtered, in several forms. */
import { createSignal, For, type JSX, onMount, Show } from 'solid-js';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { outputs as words } from '../../words/outputs.ts';
import { type DownloadFormat, downloadAddress } from './rows.ts';
import type { ViewQuery } from './view.ts';

const FORMATS = ['csv', 'tsv', 'parquet', 'json', 'arrow'] as const satisfies readonly DownloadFormat[];
/** Where commas are decimal points, Excel reads semicolons. */
const FOR_EXCEL = [
  { separator: ',', name: 'excel' },
  { separator: ';', name: 'excelSemicolon' },
] as const;

export function Downloads(props: { readonly output: TableOutput; readonly view: ViewQuery }): JSX.Element {
  const [menu, setMenu] = createSignal(false);
  let button!: HTMLButtonElement;
  const link = (format: DownloadFormat, written: ViewQuery = {}) => ({
    href: downloadAddress(props.output.result, format, { ...props.view, ...written }),
    download: `${props.output.name ?? 'result'}.${format}`,
  });
  return (
    <span class="table-download">
      <a {...link('csv')} title={words.table.downloadAs(words.table.formats.csv)}>
        {words.table.formats.csv}
      </a>
      <button
        ref={button}
        type="button"
        aria-label={words.table.more}
        title={words.table.more}
        aria-haspopup="menu"
        aria-expanded={menu()}
        onClick={() => setMenu(!menu())}
      >
        ▾
      </button>
      <Show when={menu()}>
        <Menu anchor={button} link={link} onClose={() => setMenu(false)} />
      </Show>
    </span>
  );
}

function Menu(props: {
  readonly anchor: HTMLElement;
  readonly link: (format: DownloadFormat, written?: ViewQuery) => { href: string; download: string };
  readonly onClose: () => void;
}): JSX.Element {
  let menu!: HTMLDivElement;
  onMount(() => {
    menu.addEventListener('click', () => menu.hidePopover());
    menu.showPopover();
    // The menu lies in the top layer, which knows no place of its own.
    const at = props.anchor.getBoundingClientRect();
    menu.style.right = `${Math.max(8, document.documentElement.clientWidth - at.right)}px`;
    menu.style.bottom = `${innerHeight - at.top + 4}px`;
    menu.querySelector('a')?.focus();
  });
  function step(event: KeyboardEvent): void {
    if (event.key === 'Escape' || event.key === 'Tab') {
      event.preventDefault();
      event.stopPropagation();
      menu.hidePopover();
      props.anchor.focus({ preventScroll: true });
      return;
    }
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (by === 0) return;
    event.preventDefault();
    const links = [...menu.querySelectorAll('a')];
    const next = links.indexOf(document.activeElement as HTMLAnchorElement) + by;
    links[(next + links.length) % links.length]?.focus();
  }
  return (
    <div
      ref={menu}
      class="table-menu"
      popover="auto"
      role="menu"
      tabindex="-1"
      onToggle={(event) => event.newState === 'closed' && props.onClose()}
      onKeyDown={step}
    >
      <For each={FORMATS}>
        {(format) => (
          <a role="menuitem" {...props.link(format)}>
            {words.table.formats[format]}
          </a>
        )}
      </For>
      <For each={FOR_EXCEL}>
        {({ separator, name }) => (
          <a
            role="menuitem"
            {...props.link('csv', { separator, mark: 'true', guard: 'true' })}
            title={words.table.guarded}
          >
            {words.table[name]}
          </a>
        )}
      </For>
    </div>
  );
}
