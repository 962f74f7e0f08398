/** Which fields a mark is made of, what they are called there, and which of them most charts do without. Pure. */
import type { ChannelName, Mark } from '../../../server/protocol/chart.ts';
import { chart as charts } from '../../words/chart.ts';

const { channels: words, count } = charts;

export type Slot = {
  readonly channel: ChannelName;
  readonly label: string;
  /** What stands where no field is chosen. */
  readonly empty?: string;
  /** It can be taken away. */
  readonly optional?: boolean;
};

export type Slots = {
  readonly main: readonly Slot[];
  readonly more: readonly Slot[];
  readonly tips: boolean;
  readonly stack: boolean;
};

const x: Slot = { channel: 'x', label: words.x };
const y: Slot = { channel: 'y', label: words.y, empty: count };
const colour: Slot = { channel: 'colour', label: words.colour, optional: true };
const size: Slot = { channel: 'size', label: words.size, optional: true };
const y2: Slot = { channel: 'y2', label: words.y2, optional: true };
const facets: readonly Slot[] = [
  { channel: 'row', label: words.row, optional: true },
  { channel: 'column', label: words.column, optional: true },
];
const plain = { more: [], tips: false, stack: false } as const;

export function slotsOf(mark: Mark): Slots {
  switch (mark) {
    case 'bar':
    case 'area':
      return { main: [x, y, colour], more: [y2, ...facets], tips: false, stack: true };
    case 'line':
      return { main: [x, y, colour], more: [y2, ...facets], tips: false, stack: false };
    case 'point':
      return { main: [x, y, colour], more: [size, ...facets], tips: true, stack: false };
    case 'histogram':
      return { main: [x, colour], more: facets, tips: false, stack: true };
    case 'map':
      return {
        main: [{ ...x, label: words.longitude }, { channel: 'y', label: words.latitude }, colour],
        more: [size],
        tips: true,
        stack: false,
      };
    case 'pie':
      return {
        ...plain,
        main: [
          { ...x, label: words.slices },
          { ...y, label: words.size },
        ],
      };
    case 'funnel':
      return {
        ...plain,
        main: [
          { ...x, label: words.steps },
          { ...y, label: words.value },
        ],
      };
    case 'box':
      return {
        ...plain,
        main: [
          { channel: 'y', label: words.y },
          { ...x, optional: true },
        ],
      };
    case 'heat':
      return { ...plain, main: [x, { channel: 'y', label: words.y }, { ...colour, empty: count, optional: false }] };
    case 'cohort':
      return {
        ...plain,
        main: [
          { ...x, label: words.date },
          { channel: 'y', label: words.who },
        ],
      };
    case 'number':
      return {
        ...plain,
        main: [
          { ...y, label: words.value },
          { ...x, label: words.over, optional: true },
        ],
      };
    case 'spark':
      return {
        ...plain,
        main: [
          { channel: 'row', label: words.each },
          { ...x, label: words.date },
          { ...y, label: words.value },
        ],
      };
  }
}
