import { expect, it } from 'vitest';
import { MOST_DRAWN, weightOf } from '../../../client/frame/weigh.ts';

const read = (svg: string): Document => new DOMParser().parseFromString(svg, 'image/svg+xml');
const weightIn = (svg: string, css = ''): number => {
  const host = document.createElement('div');
  host.innerHTML = `<svg>${svg}</svg>`;
  const sheet = document.createElement('style');
  sheet.textContent = css;
  host.append(sheet);
  return weightOf([host], read);
};

/** Each pattern is drawn ten times by the one before it. */
const patterns = (of: (place: number) => string): string =>
  Array.from(
    { length: 8 },
    (_, place) => `<pattern id="p${place}">${`<rect class="c${place}" ${of(place)} />`.repeat(10)}</pattern>`,
  ).join('');

it('counts what attributes refer to, however their letters are written', () => {
  for (const url of ['url(#p1)', 'URL( "#p1")', 'u\\72l(#p1)', '\\000075 rl(#\\70 1)'])
    expect(
      weightIn(
        patterns(
          (place) => `style='fill: ${url.replaceAll('1)', `${place + 1})`).replaceAll('1")', `${place + 1}")`)}'`,
        ),
      ),
    ).toBeGreaterThan(MOST_DRAWN);
});

it('counts what a style sheet refers to', () => {
  const rules = (url: string): string =>
    Array.from({ length: 8 }, (_, place) => `.c${place} { fill: ${url}#p${place + 1}) }`).join('\n');
  for (const url of ['url(', 'u\\72 l('])
    expect(
      weightIn(
        patterns(() => ''),
        rules(url),
      ),
    ).toBeGreaterThan(MOST_DRAWN);
  expect(weightIn(patterns(() => ''))).toBeLessThan(200);
});

it('takes honest style sheets for what they are', () => {
  const dots = '<circle r="3" />'.repeat(5_000);
  const plain = weightIn(dots, 'circle { stroke-linejoin: round }');
  const cut = weightIn(`<clipPath id="clip"><rect /></clipPath>${dots}`, 'circle { clip-path: url(#clip) }');
  expect([plain > 5_000, plain < 6_000, cut > 10_000, cut < MOST_DRAWN]).toEqual([true, true, true, true]);
});
