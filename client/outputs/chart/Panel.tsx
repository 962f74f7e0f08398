/** What a chart is made of, each picked from a menu: the mark, and a column of the result for each channel. */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { Chart } from '../../../server/protocol/chart/choose.ts';
import { COHORT_UNITS } from '../../../server/protocol/chart/figures.ts';
import { isMeasurable, kindOfType } from '../../../server/protocol/chart/kinds.ts';
import { fieldOn, isMeasure, suited, switchMark } from '../../../server/protocol/chart/switch.ts';
import {
  type Aggregate,
  type Channel,
  type ChannelName,
  MARKS,
  MAX_TIPS,
  type Mark,
  SORTS,
  STACKS,
  UNITS,
} from '../../../server/protocol/chart.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import { Menu, type MenuItem } from '../../parts/Menu.tsx';
import { chart as words } from '../../words/chart.ts';
import { MARKS as TYPE_MARKS } from '../table/types.ts';
import { type Slot, slotsOf } from './channels.ts';

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
      label: key === '' ? words.empty : key,
      checked: chart()[channel]?.column === key,
      icon: () => (
        <small class="chart-type" aria-hidden="true">
          {TYPE_MARKS[kindOf(type)]}
        </small>
      ),
      do: () => props.onChart(fieldOn(chart(), channel, key, props.columns)),
    }));
    return all.length > MOST_FIELDS ? [...items, { heading: words.moreColumns(all.length - MOST_FIELDS) }] : items;
  };

  /** How places along a channel are made. */
  function axisItems(channel: ChannelName): MenuItem[] {
    const { mark } = chart();
    const own = chart()[channel];
    const column = columnOf(channel);
    const kind = column && (mark === 'pie' || mark === 'funnel' ? 'category' : kindOfType(column.type));
    const choice = <K extends 'unit' | 'bin' | 'sort'>(key: K, value: Channel[K], label: string): MenuItem => ({
      label,
      checked: own?.[key] === value,
      do: () => set(channel, without(own, key, value)),
    });
    if (kind === 'time') {
      const units = mark === 'cohort' ? COHORT_UNITS : UNITS.slice(1);
      const all = units.map((unit) => choice('unit', unit, words.units[unit]));
      return ['rule', { heading: words.unit }, choice('unit', undefined, words.automatic), ...all];
    }
    const items: MenuItem[] = [];
    if (kind === 'number' && ['bar', 'histogram', 'heat', 'box'].includes(mark)) {
      const all = BIN_CHOICES.map((bin) => choice('bin', bin, String(bin)));
      items.push('rule', { heading: words.bins }, choice('bin', undefined, words.automatic), ...all);
    }
    if (kind !== undefined && ['bar', 'line', 'area', 'pie', 'funnel'].includes(mark)) {
      const all = SORTS.map((sort) => choice('sort', sort, words.sorts[sort]));
      items.push('rule', { heading: words.order }, choice('sort', undefined, words.automatic), ...all);
    }
    return items;
  }

  function measureItems(channel: ChannelName): MenuItem[] {
    const { mark } = chart();
    const own = chart()[channel];
    const column = columnOf(channel);
    if (!column) return [];
    const smooth = mark === 'line' || mark === 'area' || mark === 'point';
    const each = channel === 'y' && smooth && isMeasurable(column.type);
    const choices: readonly Aggregate[] = [
      ...(each ? (['none'] as const) : []),
      ...MEASURES.filter((one) => isMeasurable(column.type) || one === 'distinct' || one === 'count'),
    ];
    const measure = (aggregate: Aggregate): MenuItem => ({
      label: words.aggregates[aggregate],
      checked: own?.aggregate === aggregate,
      do: () => set(channel, { ...own, aggregate }),
    });
    return ['rule', { heading: words.measure }, ...choices.map(measure)];
  }

  function itemsOf({ channel, empty, optional }: Slot): MenuItem[] {
    const own = chart()[channel];
    const measured = isMeasure(chart().mark, channel);
    const none = optional ? [{ label: words.none, checked: own === undefined, do: () => set(channel, undefined) }] : [];
    const count = empty
      ? [{ label: words.count, checked: own?.column === undefined, do: () => set(channel, { aggregate: 'count' }) }]
      : [];
    const along = channel === 'x' || (channel === 'y' && chart().mark === 'heat');
    return [
      ...none,
      { heading: words.columns },
      ...count,
      ...fields(channel),
      ...(measured ? measureItems(channel) : along ? axisItems(channel) : []),
    ];
  }

  const tips = (): readonly string[] => chart().tooltip ?? [];
  function tipItems(): MenuItem[] {
    return named()
      .slice(0, MOST_FIELDS)
      .map(({ key, type }) => ({
        label: key === '' ? words.empty : key,
        checked: tips().includes(key),
        icon: () => (
          <small class="chart-type" aria-hidden="true">
            {TYPE_MARKS[kindOf(type)]}
          </small>
        ),
        do: () => {
          const next = tips().includes(key) ? tips().filter((one) => one !== key) : [...tips(), key].slice(-MAX_TIPS);
          const { tooltip: _, ...rest } = chart();
          props.onChart(next.length === 0 ? rest : { ...rest, tooltip: next });
        },
      }));
  }

  const stackItems = (): MenuItem[] =>
    STACKS.map((stack) => ({
      label: words.stacks[stack],
      checked: (chart().stack ?? 'sum') === stack,
      do: () => {
        const { stack: _, ...rest } = chart();
        props.onChart(stack === 'sum' ? rest : { ...rest, stack });
      },
    }));

  const slots = createMemo(() => slotsOf(chart().mark));
  const [open, setOpen] = createSignal(false);
  const isSet = ({ channel }: Slot): boolean => chart()[channel] !== undefined;
  const more = () => slots().more.filter((slot) => open() || isSet(slot));
  const hasMore = () => !open() && (slots().more.some((slot) => !isSet(slot)) || (slots().tips && tips().length === 0));
  const suits = createMemo(() => suited(chart(), props.columns));
  const pick = (slot: Slot) => (
    <Pick
      label={slot.label}
      channel={slot.channel}
      column={columnOf(slot.channel)}
      said={saidOf(chart(), slot.channel)}
      {...(slot.empty ? { empty: slot.empty } : slot.optional ? { empty: words.none } : {})}
      items={() => itemsOf(slot)}
    />
  );

  return (
    <aside class="chart-panel" aria-label={words.settings}>
      <div class="chart-marks" role="toolbar" aria-label={words.mark}>
        <For each={MARKS}>
          {(mark) => (
            <button
              type="button"
              aria-pressed={props.chart?.mark === mark}
              aria-label={words.marks[mark]}
              data-tip={suits().includes(mark) ? words.suits(words.marks[mark]) : words.marks[mark]}
              data-mark={mark}
              classList={{ suits: suits().includes(mark) }}
              onClick={() => props.onChart(switchMark(chart(), mark, props.columns))}
            >
              <MarkIcon mark={mark} />
            </button>
          )}
        </For>
      </div>
      <For each={slots().main}>{pick}</For>
      <For each={more()}>{pick}</For>
      <Show when={slots().tips && (open() || tips().length > 0)}>
        <Choice label={words.channels.tooltip} text={tips().join(', ') || words.none} items={tipItems} />
      </Show>
      <Show when={slots().stack && chart().colour !== undefined}>
        <Choice label={words.stack} text={words.stacks[chart().stack ?? 'sum']} items={stackItems} />
      </Show>
      <Show when={hasMore()}>
        <button type="button" class="link chart-more" onClick={() => setOpen(true)}>
          {words.more}
        </button>
      </Show>
      <Show when={!props.shared}>
        <p>{words.onlyYou}</p>
      </Show>
    </aside>
  );
}

function saidOf(chart: Chart, channel: ChannelName): string {
  const own = chart[channel];
  if (!isMeasure(chart.mark, channel)) return own?.unit ? words.units[own.unit] : '';
  return own?.aggregate && own.aggregate !== 'none' ? words.aggregates[own.aggregate] : '';
}

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
  const shown = (): string =>
    props.column ? `${props.said} ${props.column.key}`.trim() : (props.empty ?? words.choose);
  return (
    <div class="chart-pick">
      <span>{props.label}</span>
      <button
        ref={button}
        type="button"
        data-channel={props.channel}
        aria-label={`${words.pick(props.label)}: ${shown()}`}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={props.column ? `${props.column.key} · ${props.column.type}` : ''}
        onClick={() => setOpen(!open())}
      >
        <Show when={props.column} fallback={<i>{props.empty ?? words.choose}</i>}>
          {(column) => (
            <>
              <small class="chart-type" aria-hidden="true">
                {TYPE_MARKS[kindOf(column().type)]}
              </small>
              <Show when={props.said !== ''}>
                <small>{props.said}</small>{' '}
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

function Choice(props: {
  readonly label: string;
  readonly text: string;
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
        aria-label={words.pick(props.label)}
        aria-haspopup="menu"
        aria-expanded={open()}
        title={props.text}
        onClick={() => setOpen(!open())}
      >
        <span>{props.text}</span>
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
  box: 'M7 3v4M7 15v6M4 7h6v8H4zM4 11h6M17 2v7M17 17v4M14 9h6v8h-6zM14 14h6',
  heat: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7zM15 7h3M6 16h3M6 18h3',
  cohort: 'M4 4h5v5H4zM10 4h5v5h-5zM16 4h5v5h-5zM4 10h5v5H4zM10 10h5v5h-5zM4 16h5v5H4z',
  funnel: 'M3 5h18M6 10h12M8 15h8M10 20h4',
  map: 'M12 21s-6-6-6-11a6 6 0 0 1 12 0c0 5-6 11-6 11zM12 10h.01',
  number: 'M6 5v10M3 7l3-2M12 6.5c3-3 6 .5 3 4l-4 4.500h6M5 20h12',
  spark: 'M3 6h5M11 8l3-4 3 3 4-3M3 13h5M11 14l3-2 3 3 4-4M3 20h5M11 20l3-3 3 2 4-2',
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
