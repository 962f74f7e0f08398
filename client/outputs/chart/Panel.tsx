/** What a chart is made of, each picked from a menu: the mark, and a column of the result for each channel. */
import { createSignal, For, type JSX, Show } from 'solid-js';
import { type Chart, fieldOn, switchMark } from '../../../server/protocol/chart/choose.ts';
import { isMeasurable, kindOfType } from '../../../server/protocol/chart/kinds.ts';
import {
  type Aggregate,
  type Channel,
  type ChannelName,
  type ChartSort,
  MARKS,
  type Mark,
  SORTS,
  UNITS,
} from '../../../server/protocol/chart.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { Menu, type MenuItem } from '../../parts/Menu.tsx';
import { outputs } from '../../words/outputs.ts';
import { MARKS as TYPE_MARKS } from '../table/types.ts';

const words = outputs.chart;

export type PanelProps = {
  readonly chart: Chart | undefined;
  readonly columns: readonly Column[];
  readonly shared: boolean;
  readonly onChart: (chart: Chart) => void;
};

type Named = { readonly key: string; readonly type: string };

/** Aggregates a person picks from, by whether the column can be summed. */
const MEASURES: readonly Aggregate[] = ['sum', 'mean', 'median', 'min', 'max', 'distinct', 'count'];
/** Columns in a menu: more take a second to show, and nobody reads them. */
const MOST_FIELDS = 500;
const BIN_CHOICES = [10, 20, 50, 100] as const;

export function Panel(props: PanelProps): JSX.Element {
  const named = (): Named[] => {
    const keys = uniqueNames(props.columns.map(({ name }) => name));
    return props.columns.map(({ type }, index) => ({ key: keys[index]!, type }));
  };
  const chart = (): Chart => props.chart ?? { mark: 'bar' };
  const set = (channel: ChannelName, value: Channel | undefined): void => {
    const { [channel]: _, ...rest } = chart();
    props.onChart(value === undefined ? rest : { ...rest, [channel]: value });
  };
  const columnOf = (channel: ChannelName): Named | undefined =>
    named().find(({ key }) => key === chart()[channel]?.column);

  const fields = (channel: ChannelName): MenuItem[] => {
    const all = named();
    const items = all.slice(0, MOST_FIELDS).map(({ key, type }) => ({
      label: key === '' ? outputs.chart.empty : key,
      checked: chart()[channel]?.column === key,
      icon: () => <small class="chart-type">{TYPE_MARKS[kindOf(type)]}</small>,
      do: () => props.onChart(fieldOn(chart(), channel, key, props.columns)),
    }));
    return all.length > MOST_FIELDS ? [...items, { heading: words.moreColumns(all.length - MOST_FIELDS) }] : items;
  };

  function xItems(): MenuItem[] {
    const { mark, x } = chart();
    const column = columnOf('x');
    const kind = column && (mark === 'pie' ? 'category' : kindOfType(column.type));
    const items: MenuItem[] = [{ heading: words.columns }, ...fields('x')];
    if (kind === 'time') {
      const unit = (value: Channel['unit']): MenuItem => ({
        label: value ? words.units[value] : words.automatic,
        checked: x?.unit === value,
        do: () => set('x', without(x, 'unit', value)),
      });
      items.push('rule', { heading: words.unit }, unit(undefined), ...UNITS.slice(1).map(unit));
    } else if (kind === 'number' && (mark === 'bar' || mark === 'histogram')) {
      const bin = (value: number | undefined): MenuItem => ({
        label: value === undefined ? words.automatic : String(value),
        checked: x?.bin === value,
        do: () => set('x', without(x, 'bin', value)),
      });
      items.push('rule', { heading: words.bins }, bin(undefined), ...BIN_CHOICES.map(bin));
    }
    if (kind !== undefined && kind !== 'time' && mark !== 'histogram' && mark !== 'point') {
      const sort = (value: ChartSort | undefined): MenuItem => ({
        label: value ? words.sorts[value] : words.automatic,
        checked: x?.sort === value,
        do: () => set('x', without(x, 'sort', value)),
      });
      items.push('rule', { heading: words.order }, sort(undefined), ...SORTS.map(sort));
    }
    return items;
  }

  function yItems(): MenuItem[] {
    const { mark, y } = chart();
    const column = columnOf('y');
    const items: MenuItem[] = [
      { heading: words.columns },
      { label: words.count, checked: y?.column === undefined, do: () => set('y', { aggregate: 'count' }) },
      ...fields('y'),
    ];
    if (!column) return items;
    const each = (mark === 'line' || mark === 'area' || mark === 'point') && isMeasurable(column.type);
    const choices: readonly Aggregate[] = [
      ...(each ? (['none'] as const) : []),
      ...MEASURES.filter((one) => isMeasurable(column.type) || one === 'distinct' || one === 'count'),
    ];
    const measure = (aggregate: Aggregate): MenuItem => ({
      label: words.aggregates[aggregate],
      checked: y?.aggregate === aggregate,
      do: () => set('y', { ...y, aggregate }),
    });
    return [...items, 'rule', { heading: words.measure }, ...choices.map(measure)];
  }

  const colourItems = (): MenuItem[] => [
    { label: words.none, checked: chart().colour === undefined, do: () => set('colour', undefined) },
    ...fields('colour'),
  ];

  return (
    <aside class="chart-panel" aria-label={words.settings}>
      <div class="chart-marks" role="toolbar" aria-label={words.mark}>
        <For each={MARKS}>
          {(mark) => (
            <button
              type="button"
              aria-pressed={props.chart?.mark === mark}
              aria-label={words.marks[mark]}
              data-tip={words.marks[mark]}
              data-mark={mark}
              onClick={() => props.onChart(switchMark(chart(), mark, props.columns))}
            >
              <MarkIcon mark={mark} />
            </button>
          )}
        </For>
      </div>
      <Pick
        label={chart().mark === 'pie' ? words.channels.slices : words.channels.x}
        channel="x"
        column={columnOf('x')}
        said={chart().x?.unit ? words.units[chart().x!.unit!] : ''}
        items={xItems}
      />
      <Show when={chart().mark !== 'histogram'}>
        <Pick
          label={chart().mark === 'pie' ? words.channels.size : words.channels.y}
          channel="y"
          column={columnOf('y')}
          said={said(chart().y)}
          empty={words.count}
          items={yItems}
        />
      </Show>
      <Show when={chart().mark !== 'pie'}>
        <Pick label={words.channels.colour} channel="colour" column={columnOf('colour')} said="" items={colourItems} />
      </Show>
      <Show when={!props.shared}>
        <p>{words.onlyYou}</p>
      </Show>
    </aside>
  );
}

const said = (y: Channel | undefined): string =>
  y?.aggregate && y.aggregate !== 'none' ? words.aggregates[y.aggregate] : '';

/** A channel with one of its properties changed or taken away. */
function without<K extends 'unit' | 'bin' | 'sort'>(channel: Channel | undefined, key: K, value: Channel[K]): Channel {
  const { [key]: _, ...rest } = channel ?? {};
  return value === undefined ? rest : { ...rest, [key]: value };
}

function Pick(props: {
  readonly label: string;
  readonly channel: ChannelName;
  readonly column: Named | undefined;
  readonly said: string;
  readonly empty?: string;
  readonly items: () => readonly MenuItem[];
}): JSX.Element {
  const [open, setOpen] = createSignal(false);
  let button!: HTMLButtonElement;
  return (
    <div class="chart-pick">
      <span>{props.label}</span>
      <button
        ref={button}
        type="button"
        data-channel={props.channel}
        aria-label={words.pick(props.label)}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={props.column ? `${props.column.key} · ${props.column.type}` : ''}
        onClick={() => setOpen(!open())}
      >
        <Show when={props.column} fallback={<i>{props.empty ?? words.choose}</i>}>
          {(column) => (
            <>
              <small class="chart-type">{TYPE_MARKS[kindOf(column().type)]}</small>
              <Show when={props.said !== ''}>
                <small>{props.said}</small>
              </Show>
              <span>{column().key}</span>
            </>
          )}
        </Show>
      </button>
      <Show when={open()}>
        <Menu label={words.pick(props.label)} anchor={button} items={props.items()} onClose={() => setOpen(false)} />
      </Show>
    </div>
  );
}

const SHAPES: Readonly<Record<Mark, string>> = {
  bar: 'M4 20v-7M10 20V8M16 20v-9M22 20V4',
  line: 'M2 18l6-7 5 4 9-11',
  area: 'M2 20v-5l6-6 5 4 9-9v16z',
  point: 'M5 17h.01M9 10h.01M13 15h.01M16 8h.01M20 12h.01M11 5h.01',
  pie: 'M12 3a9 9 0 1 0 9 9h-9zM16 2.5A9 9 0 0 1 21.5 8H16z',
  histogram: 'M3 20v-4h4v4M7 20V9h5v11M12 20V5h5v15M17 20v-7h4v7',
};

const MarkIcon = (props: { readonly mark: Mark }): JSX.Element => (
  <svg
    width="18"
    height="18"
    viewBox="0 0 24 24"
    fill={props.mark === 'area' ? 'currentColor' : 'none'}
    fill-opacity="0.3"
    stroke="currentColor"
    stroke-width={props.mark === 'point' ? 3.2 : props.mark === 'bar' ? 3 : 1.8}
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    <path d={SHAPES[props.mark]} />
  </svg>
);
