/** Colours and type of charts from the page's own variables, in light and dark. */
import type { Config } from 'vega-lite';
import { configOf } from '../../frame/look.ts';
import type { Theme } from '../../frame/messages.ts';
import { type Tongue, tongue } from '../tongue.ts';
import type { Look } from './drawing.ts';

/** `--hue-0` … in chart.css: a test holds them apart for eyes that see colours otherwise. */
export const HUES = 8;

export type Style = { readonly look: Look; readonly config: Config; readonly background: string };

export function styleOf(theme: Theme, read: (variable: string) => string, how: Tongue = tongue()): Style {
  const paper = read('--paper').trim() || '#ffffff';
  const hues = Array.from({ length: HUES }, (_, index) => read(`--hue-${index}`).trim() || '#4b6fd6');
  const look = { hues, quiet: read('--hue-rest').trim() || '#8a877f', paper, tongue: how };
  const config = configOf(theme);
  return {
    look,
    background: paper,
    config: {
      ...config,
      axis: { ...config.axis, labelFontSize: 11, titleFontSize: 11, titleFontWeight: 400, domain: false, ticks: false },
      axisX: { grid: false, domain: true, ticks: true, tickSize: 4 },
      range: { ...config.range, category: hues },
      mark: { ...config.mark, color: hues[0]!, tooltip: null },
      bar: { color: hues[0]! },
      arc: { stroke: paper, strokeWidth: 1 },
    },
  };
}
