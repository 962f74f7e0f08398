/**
 * The way out of the page: all rows as they are sorted and filtered. A click prepares the file and then saves it; the link
 * itself leads to the same rows as they are made, for whoever copies it. Menu and progress come when they are asked for.
 */
import { createSignal, type JSX, lazy, Show, Suspense } from 'solid-js';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { outputs as words } from '../../words/outputs.ts';
import type { Download } from './Downloading.tsx';
import { type Chosen, downloadAddress, preparingAddress } from './rows.ts';
import type { ViewQuery } from './view.ts';

const DownloadMenu = lazy(() => import('./DownloadMenu.tsx'));
const Downloading = lazy(() => import('./Downloading.tsx'));

export function Downloads(props: {
  readonly output: TableOutput;
  readonly view: ViewQuery;
  readonly onUse: () => void;
}): JSX.Element {
  const [menu, setMenu] = createSignal(false);
  const [download, setDownload] = createSignal<Download>();
  let button!: HTMLButtonElement;
  const linkOf = ({ format, written = {} }: Chosen) => ({
    href: downloadAddress(props.output.result, format, { ...props.view, ...written }),
    download: `${props.output.name ?? 'result'}.${format}`,
  });
  /** A new one takes the place of the one before, which ends. */
  function begin(chosen: Chosen, event: MouseEvent): void {
    // Whoever opens it elsewhere wants the link.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    props.onUse();
    const { href, download: name } = linkOf(chosen);
    const { format, written = {} } = chosen;
    setDownload({
      format,
      href,
      name,
      preparing: preparingAddress(props.output.result, format, { ...props.view, ...written }),
    });
  }
  return (
    <>
      <Show when={download()} keyed>
        {(one) => (
          <Suspense>
            <Downloading download={one} onEnd={() => download() === one && setDownload(undefined)} />
          </Suspense>
        )}
      </Show>
      <span class="table-download">
        <a
          href={linkOf({ format: 'csv' }).href}
          download={linkOf({ format: 'csv' }).download}
          title={words.table.downloadAs(words.table.csv)}
          onClick={(event) => begin({ format: 'csv' }, event)}
        >
          {words.table.csv}
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
          <Suspense>
            <DownloadMenu anchor={button} linkOf={linkOf} onChoose={begin} onClose={() => setMenu(false)} />
          </Suspense>
        </Show>
      </span>
    </>
  );
}
