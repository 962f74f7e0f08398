/**
 * Colours and their names. A click hides one, a second brings it back, a double click shows one alone; where the chart is
 * selected in, a click selects one and no other, with Shift or Ctrl one more.
 */
import { For, type JSX } from 'solid-js';
import { chart as charts } from '../../words/chart.ts';
import { linked } from '../../words/linked.ts';

export type LegendProps = {
  readonly names: readonly string[];
  readonly hues: readonly string[];
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (hidden: ReadonlySet<string>) => void;
  /** Where a click selects: what is selected, if anything is. */
  readonly selecting?:
    | { readonly chosen: readonly string[] | undefined; readonly onPick: (name: string, more: boolean) => void }
    | undefined;
};

export function Legend(props: LegendProps): JSX.Element {
  const toggle = (name: string): void => {
    const next = new Set(props.hidden);
    if (!next.delete(name)) next.add(name);
    // With nothing left there would be nothing to see: all come back.
    props.onHidden(next.size === props.names.length ? new Set() : next);
  };
  const alone = (name: string): void => {
    const others = props.names.filter((one) => one !== name);
    const isAlone = others.every((one) => props.hidden.has(one)) && !props.hidden.has(name);
    props.onHidden(isAlone ? new Set() : new Set(others));
  };
  const isOn = (name: string): boolean => {
    const { selecting, hidden } = props;
    return selecting ? selecting.chosen?.includes(name) === true : !hidden.has(name);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: switches beside a picture are no form
    <div
      class="chart-legend"
      classList={{ selecting: props.selecting !== undefined, some: props.selecting?.chosen !== undefined }}
      role="group"
      aria-label={charts.legend}
      data-tip={props.selecting ? linked.legendHint : charts.showOnly}
    >
      <For each={props.names}>
        {(name, index) => (
          <button
            type="button"
            aria-pressed={isOn(name)}
            aria-label={name}
            onClick={(event) => {
              // The second click of a double one is part of that.
              if (event.detail >= 2) return;
              const { selecting } = props;
              if (selecting) selecting.onPick(name, event.shiftKey || event.ctrlKey || event.metaKey);
              else toggle(name);
            }}
            onDblClick={() => props.selecting === undefined && alone(name)}
          >
            <i style={{ background: props.hues[index()] }} />
            <span>{name}</span>
          </button>
        )}
      </For>
    </div>
  );
}
