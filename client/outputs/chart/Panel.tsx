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
  SORTS,
  STACKS,
  UNITS,
} from '../../../server/protocol/chart.ts';
import { uniqueNames } from '../../../server/protocol/names.ts';
import type { Column } from '../../../server/protocol/outputs.ts';
import { kindOf } from '../../../server/protocol/table/kinds.ts';
import type { MenuItem } from '../../parts/Menu.tsx';
import { chart as words } from '../../words/chart.ts';
import { MARKS as TYPE_MARKS } from '../table/types.ts';
import { type Slot, slotsOf } from './channels.ts';
import { MarkIcon } from './MarkIcon.tsx';
import { Choice, type Named, Pick } from './Pick.tsx';

export type PanelProps = {
  readonly chart: Chart | undefined;
  readonly columns: readonly Column[];
  readonly shared: boolean;
  readonly onChart: (chart: Chart) => void;
};

/** Aggregates a person picks from: of a column that can't be measured, the last two. */
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
    // biome-ignore lint/a11y/useSemanticElements: a landmark for each result would drown the page's own
    <div class="chart-panel" role="group" aria-label={words.settings}>
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
    </div>
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
