/** Above a report: its layout for those who write it, and what it can be saved and printed as for all. */
import { createSignal, For, type JSX, Show } from 'solid-js';
import { TAB_LEVELS, WIDTHS } from '../../server/protocol/report/layout.ts';
import { useNotebook } from '../notebook/context.ts';
import { Icon } from '../parts/Icon.tsx';
import { Menu } from '../parts/Menu.tsx';
import { report as words } from '../words/report.ts';
import type { LayoutView } from './document.ts';
import { saveItems } from './save.ts';

export function Tools(props: {
  readonly layout: LayoutView;
  readonly laying: boolean;
  readonly onLaying: (on: boolean) => void;
}): JSX.Element {
  const notebook = useNotebook();
  const [menu, setMenu] = createSignal(false);
  let anchor!: HTMLButtonElement;
  return (
    <div class="report-tools" role="toolbar" aria-label={words.tools}>
      <Show when={props.laying}>
        <fieldset aria-label={words.width}>
          <span>{words.width}</span>
          <span class="report-choices">
            <For each={WIDTHS}>
              {(width) => (
                <button
                  type="button"
                  aria-pressed={props.layout.layout().width === width}
                  onClick={() => props.layout.setWidth(width)}
                >
                  {words.widths[width]}
                </button>
              )}
            </For>
          </span>
        </fieldset>
        <label>
          {words.tabsBy}{' '}
          <select
            value={String(props.layout.layout().tabs ?? '')}
            onChange={(event) =>
              props.layout.setTabs(TAB_LEVELS.find((level) => String(level) === event.currentTarget.value))
            }
          >
            <option value="">{words.noTabs}</option>
            <For each={TAB_LEVELS}>{(level) => <option value={String(level)}>{words.tabLevel(level)}</option>}</For>
          </select>
        </label>
        <button type="button" class="button small" onClick={() => props.layout.undo()}>
          {words.undo}
        </button>
      </Show>
      <Show when={notebook.writable()}>
        <button
          type="button"
          class="button small"
          classList={{ main: props.laying }}
          aria-pressed={props.laying}
          data-tip={props.laying ? undefined : words.layoutHint}
          onClick={() => props.onLaying(!props.laying)}
        >
          {props.laying ? words.layoutDone : words.layout}
        </button>
      </Show>
      <button
        ref={anchor}
        type="button"
        class="button small"
        aria-haspopup="menu"
        aria-expanded={menu()}
        onClick={() => setMenu(!menu())}
      >
        <span>{words.save}</span>
        <Icon name="down" size={12} />
      </button>
      <Show when={menu()}>
        <Menu
          label={words.save}
          anchor={anchor}
          align="end"
          items={saveItems(notebook.app.toasts, notebook.live.id, () => notebook.forms.view.forReport(), {
            code: true,
          })}
          onClose={() => setMenu(false)}
        />
      </Show>
    </div>
  );
}
