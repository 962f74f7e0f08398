/** Ways of a chart out of the page: as a picture, as the text of it, and the data behind it. */
import { type JSX, Show } from 'solid-js';
import type { TopLevelSpec } from 'vega-lite';
import { chart as words } from '../../words/chart.ts';
import { save } from '../save.ts';
import { type Behind, csvOf, rowsBehind } from './data.ts';
import { withoutLand } from './land.ts';
import type { Style } from './look.ts';
import { fileName, savePicture } from './save.ts';

export function Leaving(props: {
  readonly name: string | undefined;
  readonly style: Style;
  /** The chart as it leaves the page; undefined while there is none. */
  readonly spec: () => TopLevelSpec | undefined;
  readonly behind: () => Behind | undefined;
  readonly onSaid: (text: string) => void;
  /** Makes a paragraph of its text; absent where that can't be. */
  readonly onEdit: (() => void) | undefined;
}): JSX.Element {
  const name = (): string => props.name ?? words.name;

  async function download(format: 'png' | 'svg'): Promise<void> {
    props.onSaid('');
    const spec = props.spec();
    if (!spec) return;
    try {
      await savePicture(spec, props.style.config, format, name());
    } catch (error) {
      props.onSaid(words.notDownloaded(error instanceof Error ? error.message : String(error)));
    }
  }

  function saveText(): void {
    const spec = props.spec();
    if (!spec) return;
    const text = new Blob([`${JSON.stringify(withoutLand(spec), null, 2)}\n`], { type: 'application/json' });
    save(fileName(name(), 'vl.json'), text);
  }

  function saveData(): void {
    const behind = props.behind();
    if (behind) save(fileName(name(), 'csv'), new Blob([csvOf(rowsBehind(behind))], { type: 'text/csv' }));
  }

  return (
    <>
      <button type="button" aria-label={words.download(words.png)} onClick={() => void download('png')}>
        {words.png}
      </button>
      <button type="button" aria-label={words.download(words.svg)} onClick={() => void download('svg')}>
        {words.svg}
      </button>
      <button type="button" aria-label={words.download(words.vegaLite)} onClick={saveText}>
        {words.vegaLite}
      </button>
      <button type="button" aria-label={words.download(words.data)} onClick={saveData}>
        {words.data}
      </button>
      <Show when={props.onEdit}>
        {(edit) => (
          <button type="button" data-tip={words.editHint} onClick={() => edit()()}>
            {words.edit}
          </button>
        )}
      </Show>
    </>
  );
}
