import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../../client/styles/tokens.css', import.meta.url), 'utf8');

function variables(block: string): Map<string, string> {
  const start = css.indexOf(block);
  expect(start, block).toBeGreaterThanOrEqual(0);
  const body = css.slice(css.indexOf('{', start) + 1, css.indexOf('}', start));
  return new Map([...body.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

const light = variables(':root {');
const wished = variables(':root:not([data-theme="light"])');
const switched = variables(':root[data-theme="dark"]');

test('dark is the same by the system’s wish and by the switch', () => {
  expect(Object.fromEntries(switched)).toEqual(Object.fromEntries(wished));
});

test('every colour has a dark one, but those of people, which carry white letters', () => {
  const colours = [...light].filter(([name, value]) => /^(#|rgb)/.test(value) && !name.startsWith('--person'));
  for (const [name] of colours) expect(switched.has(name), name).toBe(true);
});

test('text stands out as AA asks, on paper and on both washes, in light and dark', () => {
  for (const theme of [light, new Map([...light, ...switched])]) {
    for (const text of [
      '--ink',
      '--ink-2',
      '--ink-3',
      '--accent',
      '--failed',
      '--done',
      '--stale',
      '--sql',
      '--typescript',
      '--shell',
      '--vega-lite',
      '--code-comment',
    ]) {
      for (const ground of ['--paper', '--wash']) {
        expect(contrast(theme.get(text), theme.get(ground)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
      }
    }
    expect(contrast(theme.get('--on-accent'), theme.get('--accent'))).toBeGreaterThanOrEqual(4.5);
    for (let person = 0; person < 8; person += 1) {
      expect(contrast('#ffffff', theme.get(`--person-${person}`)), `person ${person}`).toBeGreaterThanOrEqual(4.5);
    }
  }
});

/** WCAG 2.2: the ratio of relative luminances. */
function contrast(a: string | undefined, b: string | undefined): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string | undefined): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour?.slice(at, at + 2) ?? '', 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
