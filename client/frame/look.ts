/** How charts look where their spec does not say: the page's colours and type, in both themes. */
import type { Config } from 'vega-lite';
import type { Theme } from './messages.ts';

/** A chart without a width takes the frame's, up to this: bars wider than a hand say nothing more. */
export const WIDTH = 720;
const HEIGHT = 280;
/** Titles of x are cut to what stands side by side in most columns. */
const X_TITLE = 480;

export function configOf({ tokens }: Theme): Config {
  const colour = (name: string): string => tokens[name] || 'currentColor';
  const font = tokens.sans || 'sans-serif';
  const label = { labelColor: colour('ink-2'), labelFont: font, labelFontSize: 12 };
  const title = { titleColor: colour('ink-2'), titleFont: font, titleFontSize: 12, titleFontWeight: 500 as const };
  const bar = colour('hue-0');
  const category = Array.from({ length: 8 }, (_, index) => colour(`hue-${index}`));
  return {
    background: 'transparent',
    font,
    view: { stroke: null, continuousWidth: WIDTH, continuousHeight: HEIGHT },
    axis: {
      ...label,
      ...title,
      domainColor: colour('rule-strong'),
      tickColor: colour('rule-strong'),
      gridColor: colour('rule'),
      labelPadding: 6,
      titlePadding: 10,
      titleLimit: HEIGHT,
    },
    axisX: { grid: false, titleLimit: X_TITLE },
    axisBand: { grid: false },
    legend: { ...label, ...title, symbolStrokeWidth: 2 },
    header: { ...label, ...title },
    title: {
      color: colour('ink'),
      subtitleColor: colour('ink-2'),
      font,
      subtitleFont: font,
      fontSize: 15,
      fontWeight: 600,
      anchor: 'start',
      frame: 'group',
      offset: 14,
    },
    text: { color: colour('ink'), font, fontSize: 12 },
    mark: { color: bar, tooltip: true },
    rule: { color: colour('ink-2') },
    tick: { color: bar },
    line: { strokeWidth: 2 },
    bar: { cornerRadiusEnd: 2 },
    arc: { stroke: colour('paper'), strokeWidth: 1 },
    range: { category },
  };
}
