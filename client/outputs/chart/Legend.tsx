/** Colours and their names; a click hides one, a second brings it back, a double click shows one alone. */
import { For, type JSX } from 'solid-js';
import { chart as charts } from '../../words/chart.ts';

export function Legend(props: {
  readonly names: readonly string[];
  readonly hues: readonly string[];
  readonly hidden: ReadonlySet<string>;
  readonly onHidden: (hidden: ReadonlySet<string>) => void;
}): JSX.Element {
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
  return (
    // biome-ignore lint/a11y/useSemanticElements: switches beside a picture are no form
    <div class="chart-legend" role="group" aria-label={charts.legend} data-tip={charts.showOnly}>
      <For each={props.names}>
        {(name, index) => (
          <button
            type="button"
            aria-pressed={!props.hidden.has(name)}
            aria-label={name}
            onClick={(event) => {
              // The second click of a double one is part of that.
              if (event.detail < 2) toggle(name);
            }}
            onDblClick={() => alone(name)}
          >
            <i style={{ background: props.hues[index()] }} />
            <span>{name}</span>
          </button>
        )}
      </For>
    </div>
  );
}
