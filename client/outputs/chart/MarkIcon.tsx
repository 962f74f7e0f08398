/** A picture of each mark. */
import type { JSX } from 'solid-js';
import type { Mark } from '../../../server/protocol/chart.ts';

export const MarkIcon = (props: { readonly mark: Mark }): JSX.Element => (
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
