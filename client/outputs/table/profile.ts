/** A column's profile as it is shown: bars or frequent values in the header, a line of facts. */
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';
import { outputs } from '../../words/outputs.ts';
import { element } from './element.ts';
import { group } from './numbers.ts';

const words = outputs.table.profile;

const SVG = 'http://www.w3.org/2000/svg';
/** Units of the picture's own height; its width is one a bin. */
const HEIGHT = 20;
/** Frequent values named in a header. */
const NAMED = 2;
/** Of the rows: where no value has as many, how many values there are says more. */
const FREQUENT = 0.01;

export function drawProfile(place: HTMLElement, profile: ColumnProfile): void {
  const { bins, frequent, rows, nulls } = profile;
  place.replaceChildren();
  place.title = factsOf(profile).join(' · ');
  if (rows === 0) return;
  const [first] = frequent?.values ?? [];
  const say = (text: string): void => {
    place.appendChild(element('span', 'grid-said')).textContent = text;
  };
  if (nulls === rows) say(words.empty);
  else if (bins && bins.counts.length > 1) place.append(barsOf(bins.counts));
  else if (frequent && first && first.count >= rows * FREQUENT) say(namesOf(profile, frequent.values.slice(0, NAMED)));
  else if (profile.distinct) say(distinctText(profile.distinct));
  if (nulls > 0 && nulls < rows) {
    const share = place.appendChild(element('span', 'grid-nulls'));
    share.textContent = words.nullShare(percent(nulls, rows));
  }
}

/** Bars side by side; a bin with few values is still seen. */
export function barsOf(counts: readonly number[]): SVGElement {
  const most = Math.max(...counts);
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', `0 0 ${counts.length} ${HEIGHT}`);
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  const bars = counts.map((count, at) => {
    const height = count === 0 ? 0 : Math.max(1, (count / most) * HEIGHT);
    return height === 0 ? '' : `M${at + 0.06} ${HEIGHT}v${-height.toFixed(2)}h.88v${height.toFixed(2)}z`;
  });
  path.setAttribute('d', bars.join(''));
  svg.append(path);
  return svg;
}

function namesOf({ rows, distinct }: ColumnProfile, values: readonly { text: string; count: number }[]): string {
  const named = values.map(({ text, count }) => `${text === '' ? '“”' : text} ${percent(count, rows)}`);
  const more = (distinct?.count ?? values.length) - values.length;
  return [...named, ...(more > 0 ? [words.more(more)] : [])].join(' · ');
}

export function percent(part: number, of: number): string {
  const share = (100 * part) / of;
  return `${share >= 10 || share === 0 ? Math.round(share) : share < 0.1 ? '<0.1' : share.toFixed(share < 1 ? 1 : 0)} %`;
}

/** Of an estimate two figures are true. */
const distinctText = ({ count, about }: NonNullable<ColumnProfile['distinct']>): string =>
  words.distinct(about ? Number(count.toPrecision(2)) : count, about);

/** What stands in the menu, and in the tip of the header. */
export function factsOf({ rows, nulls, distinct, ends }: ColumnProfile): readonly string[] {
  return [
    ...(ends ? [`${group(ends[0])} – ${group(ends[1])}`] : []),
    ...(distinct && nulls < rows ? [distinctText(distinct)] : []),
    nulls === 0 ? words.noNulls : words.nulls(nulls, percent(nulls, rows)),
  ];
}
