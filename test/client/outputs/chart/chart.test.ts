import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, View } from 'vega';
import { compile } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { fileName } from '../../../../client/outputs/chart/save.ts';
import { placeText, seriesOf } from '../../../../client/outputs/chart/series.ts';
import { specOf } from '../../../../client/outputs/chart/spec.ts';
import { numberText, timeText } from '../../../../client/outputs/chart/texts.ts';
import { placesOf, tipOf } from '../../../../client/outputs/chart/tips.ts';
import { altOf, noteTexts, titlesOf } from '../../../../client/outputs/chart/titles.ts';
import { keyed, moved, rangeWithin, stepped, zoomed } from '../../../../client/outputs/chart/zoom.ts';
import { chart as words } from '../../../../client/words/chart.ts';
import type { ChartAnswer } from '../../../../server/protocol/chart/answer.ts';
import { endOf } from '../../../../server/protocol/chart/stretches.ts';
import { FLAT_MARKS } from '../../../../server/protocol/chart.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const bars: ChartAnswer = {
  mark: 'bar',
  rows: 10,
  x: { scale: 'category', keys: ['a', null, '', '3 others', null], rest: 3, at: [0, 1, 2, 3, 4] },
  y: { aggregate: 'sum', values: [5, 4, -3, null, 9] },
  counts: [1, 2, 3, 0, 4],
  notes: [],
};
const stacked: ChartAnswer = {
  mark: 'area',
  rows: 10,
  x: {
    scale: 'time',
    values: [at('2024-01-01T00:00'), at('2024-01-01T00:00'), at('2024-03-01T00:00')],
    every: { count: 1, unit: 'month' },
    domain: [at('2024-01-01T00:00'), at('2024-03-15T00:00')],
  },
  y: { aggregate: 'count', values: [2, 3, 4] },
  colour: { scale: 'category', keys: ['p', 'q'], at: [0, 1, 0] },
  counts: [2, 3, 4],
  notes: [],
};

describe('what is drawn', () => {
  it('has a label for each category, NULL, empty text and the others, all distinct', () => {
    const { places, rest, marks } = seriesOf(bars, words);
    expect(places).toEqual(['a', 'null', '“”', '3 others', '3 others\u200b']);
    expect(rest).toBe('3 others\u200b');
    expect(marks.map(({ x, y, count }) => [x, y, count])).toEqual([
      ['a', 5, 1],
      ['null', 4, 2],
      ['“”', -3, 3],
      ['3 others\u200b', 9, 4],
    ]);
  });
  it('is stacked where parts make a whole, nothing where there are no rows', () => {
    const { marks, stacked: isStacked } = seriesOf(stacked, words);
    expect(isStacked).toBe(true);
    expect(marks.filter(({ colour }) => colour === 'q').map(({ x, low, high }) => [x, low, high])).toEqual([
      [at('2024-01-01T00:00'), 2, 5],
      [at('2024-02-01T00:00'), 0, 0],
      [at('2024-03-01T00:00'), 4, 4],
    ]);
    const means = seriesOf({ ...stacked, y: { aggregate: 'mean', values: [2, 3, 4] } }, words);
    expect([means.stacked, means.marks.length]).toEqual([false, 3]);
  });
  it('lacks what was clicked away on the legend', () => {
    const { marks } = seriesOf(stacked, words, new Set(['p']));
    expect(marks.every(({ colour, low }) => colour === 'q' && low === 0)).toBe(true);
  });
  it('of a thinned line goes up and down once at each place', () => {
    const thinned: ChartAnswer = {
      mark: 'line',
      rows: 10_000,
      x: { scale: 'number', values: [0, 1, 2], domain: [0, 3] },
      y: { aggregate: 'none', values: [1, 5, 2], high: [3, 5, 9] },
      notes: [],
    };
    expect(seriesOf(thinned, words).marks.map(({ x, y }) => [x, y])).toEqual([
      [0, 1],
      [0, 3],
      [1, 5],
      [2, 9],
      [2, 2],
    ]);
  });
});

describe('the spec', () => {
  const look = { hues: ['#111111', '#222222'], quiet: '#999999' };
  const answers: readonly ChartAnswer[] = [
    ...FLAT_MARKS.flatMap((mark): ChartAnswer[] => [
      { ...bars, mark },
      { ...stacked, mark },
      { ...stacked, mark, y: { aggregate: 'median', values: [1, 2, 3] } },
      { ...bars, mark, x: { scale: 'number', values: [1, 2, 3, 4, 5], bin: 1, domain: [1, 6] } },
      { ...bars, mark, x: { scale: 'category', keys: [], at: [] }, y: { aggregate: 'sum', values: [] } },
    ]),
    {
      mark: 'point',
      rows: 2,
      x: { scale: 'number', values: [1, 2], domain: [1, 2] },
      y: { aggregate: 'none', values: [1, 2] },
      colour: { scale: 'number', values: [0, 1] },
      notes: [],
    },
  ];
  it('of every mark is one that Vega-Lite takes without a word', () => {
    for (const answer of answers) {
      const said: unknown[] = [];
      const note = (...words: unknown[]) => {
        said.push(...words);
        return logger;
      };
      const logger = { error: note, warn: note, info: note, debug: note, level: () => logger };
      const titles = { x: 'x', y: 'y', colour: 'c' };
      const spec = specOf({ answer, series: seriesOf(answer, words), width: 600, height: 300, titles, look });
      compile(spec, { logger: logger as never });
      expect([answer.mark, answer.x.scale, said]).toEqual([answer.mark, answer.x.scale, []]);
    }
  });
  it('holds no expression and no name of the user but in data and titles', () => {
    const hostile = 'datum["x"]; alert(1)';
    const answer: ChartAnswer = {
      ...bars,
      x: { scale: 'category', keys: [hostile], at: [0] },
      y: { aggregate: 'sum', values: [1] },
    };
    const titles = { x: hostile, y: 'y', colour: '' };
    const spec = JSON.stringify(
      specOf({ answer, series: seriesOf(answer, words), width: 600, height: 300, titles, look }),
    );
    expect(spec).not.toMatch(/"(expr|signal|calculate|filter|labelExpr|url)"/);
  });
});

it.each(['constructor', 'toString', '__proto__', `it's "quoted"`, 'a.b[0]["c"]', ''])(
  'a chart of names like %j, as titles, categories and colours, is drawn',
  async (name) => {
    const look = { hues: ['#111111'], quiet: '#999999' };
    const titles = { x: name, y: name, colour: name };
    for (const mark of ['bar', 'pie', 'line', 'area'] as const) {
      const answer: ChartAnswer = {
        ...bars,
        mark,
        x: { scale: 'category', keys: [name, `${name} others`], rest: 1, at: [0, 1] },
        y: { aggregate: 'sum', values: [1, 2] },
        ...(mark === 'pie' ? {} : { colour: { scale: 'category', keys: [name], at: [0, 0] } }),
      };
      const whole = { title: name, notes: [name], background: 'white' };
      const series = seriesOf(answer, words);
      const view = new View(
        parse(compile(specOf({ answer, series, width: 600, height: 300, titles, look, whole })).spec),
      );
      const svg = await view.toSVG();
      expect([mark, svg.includes('#111111')]).toEqual([mark, true]);
      view.finalize();
    }
  },
);

describe('figures', () => {
  it('on an axis of times are of no language, those of long ones are short', async () => {
    const hours = Array.from({ length: 60 }, (_, hour) => at('2024-01-01T09:00') + hour * 3_600_000);
    const answer: ChartAnswer = {
      mark: 'line',
      rows: 60,
      x: { scale: 'time', values: hours, domain: [hours[0]!, hours.at(-1)!] },
      y: { aggregate: 'mean', values: hours.map((_, hour) => hour * 12_345) },
      notes: [],
    };
    const look = { hues: ['#111111'], quiet: '#999999' };
    const titles = { x: '시각', y: '값', colour: '' };
    const spec = specOf({ answer, series: seriesOf(answer, words), width: 700, height: 300, titles, look });
    const view = new View(parse(compile(spec).spec), { renderer: 'none' });
    const svg = await view.toSVG();
    view.finalize();
    const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
    expect(texts).toContain('12:00');
    expect(texts).toContain('01-02');
    expect(texts).toContain('600k');
    expect(texts).toContain('0');
    expect(texts).not.toContain('0k');
    expect(texts.join(' ')).not.toMatch(/[AP]M|Mon|Tue|Wed|Jan/);
    // The title of y lies level, whatever script it is in.
    expect(svg).toMatch(/<text[^>]*transform="translate\([^)]*\)"[^>]*>값</);
  });
  it('are grouped, and of computed ones the digits that say something', () => {
    const figures = [1234567, -0.5, 8.963791234, 0.1 + 0.2, 1234567.891, 1e21, 0, 0.00001234].map(numberText);
    expect(figures.join(' ')).toBe('1,234,567 −0.5 8.96379 0.3 1,234,568 1.000e21 0 0.00001234');
  });
  it('of times are as fine as what begins there', () => {
    const time = at('2024-05-06T07:08:09');
    expect(timeText(time)).toBe('2024-05-06 07:08:09');
    expect(timeText(time + 0.5)).toBe('2024-05-06 07:08:09.0005');
    expect(timeText(at('2024-05-06T00:00'))).toBe('2024-05-06');
    expect(
      (['year', 'quarter', 'month', 'day', 'hour'] as const).map((unit) => timeText(time, { count: 1, unit })),
    ).toEqual(['2024', '2024 Q2', '2024-05', '2024-05-06', '2024-05-06 07:08']);
    expect(endOf(at('2024-01-31T00:00'), { count: 1, unit: 'day' })).toBe(at('2024-02-01T00:00'));
    expect(endOf(at('2024-02-01T00:00'), { count: 1, unit: 'month' })).toBe(at('2024-03-01T00:00'));
  });
  it('of bins say both ends', () => {
    const histogram: ChartAnswer = {
      ...bars,
      mark: 'histogram',
      x: { scale: 'number', values: [0.1], bin: 0.2, domain: [0, 1] },
    };
    expect(placeText(histogram, 0.1)).toBe('0.1 – 0.3');
  });
});

describe('the tip', () => {
  it('has all colours of a place, and the rows behind them', () => {
    const series = seriesOf(stacked, words);
    const titles = titlesOf({ mark: 'area', x: { column: 'day' }, y: { aggregate: 'count' } }, stacked);
    expect(tipOf(stacked, series, titles, placesOf(series)[0]!.marks)).toEqual({
      head: '2024-01',
      lines: [
        { name: 'p', value: '2', colour: 'p' },
        { name: 'q', value: '3', colour: 'q' },
      ],
    });
    const series2 = seriesOf(bars, words);
    expect(tipOf(bars, series2, { ...titles, y: 'sum of n' }, placesOf(series2)[1]!.marks)).toEqual({
      head: 'null',
      lines: [{ name: 'sum of n', value: '4' }],
      foot: '2 rows',
    });
  });
});

describe('words', () => {
  it('say what a chart shows and leaves out', () => {
    const titles = titlesOf(
      { mark: 'bar', x: { column: 'origin' }, y: { column: 'delay', aggregate: 'mean' } },
      { ...bars, y: { ...bars.y, aggregate: 'mean' } },
    );
    expect(titles.whole).toBe('Mean delay by origin');
    expect(altOf(bars, seriesOf(bars, words), titles)).toBe(
      'Bar chart: Mean delay by origin. 4 bars. Lowest −3 at “”, highest 9 at 3 others\u200b.',
    );
    expect(
      noteTexts({
        ...bars,
        notes: [
          { kind: 'sampled', shown: 5000, of: 10_000_000 },
          { kind: 'top', channel: 'x', shown: 50, of: 12_034, together: false },
        ],
      }),
    ).toEqual(['sampled 5,000 of 10,000,000 rows', 'top 50 of 12,034 categories, the others left out']);
    expect(
      noteTexts({
        ...bars,
        notes: [{ kind: 'top', channel: 'x', shown: 50, of: 9_812_345, together: true, about: true }],
      }),
    ).toEqual(['50 of about 9,800,000 categories, the largest that a sample found']);
    const beyond: ChartAnswer = {
      ...bars,
      mark: 'histogram',
      x: { scale: 'number', values: [0, 50], bin: 50, domain: [-1e6, 1e9], view: [-2, 98] },
      notes: [{ kind: 'beyond', below: 1, above: 12_000 }],
    };
    expect(noteTexts(beyond)).toEqual(['1 value below −2, 12,000 values above 98']);
    expect(noteTexts({ ...beyond, notes: [{ kind: 'beyond', below: 0, above: 3 }] })).toEqual(['3 values above 98']);
  });
  it('name the column alone where each place is one row', () => {
    const chart = {
      mark: 'bar' as const,
      x: { column: 'hour' },
      y: { column: 'mean_delay', aggregate: 'mean' as const },
    };
    const answer: ChartAnswer = { ...bars, y: { aggregate: 'mean', values: bars.y.values }, counts: [1, 1, 1, 0, 1] };
    expect(titlesOf(chart, answer).whole).toBe('mean_delay by hour');
    expect(titlesOf(chart, answer, [{ name: 'mean_delay', type: 'INTERVAL' }]).y).toBe('mean_delay, seconds');
    expect(
      titlesOf({ mark: 'histogram', x: { column: 'v' } }, { ...answer, mark: 'histogram', counts: [2] }).whole,
    ).toBe('Distribution of v');
  });
  it('name a file as the system takes it', () => {
    expect(fileName('a/b:c', 'png')).toBe('a_b_c.png');
    expect(fileName('매출 🛫', 'svg')).toBe('매출 🛫.svg');
    expect(fileName(' ', 'svg')).toBe('chart.svg');
  });
});

describe('zoom', () => {
  it('stays within the axis, and all of it is none', () => {
    expect(rangeWithin([20, 10], [0, 100])).toEqual([10, 20]);
    expect(rangeWithin([-5, 300], [0, 100])).toBeUndefined();
    expect(rangeWithin([90, 300], [0, 100])).toEqual([90, 100]);
    expect(rangeWithin([5, 5], [0, 100])).toBeUndefined();
    expect(rangeWithin([Number.NaN, 5], [0, 100])).toBeUndefined();
  });
  it('keeps the place under the pointer', () => {
    const [low, high] = zoomed(undefined, [0, 90], 1, 30)!;
    expect([(30 - low) / (high - low), high - low]).toEqual([1 / 3, 60]);
    expect(zoomed([10, 20], [0, 90], -20)).toBeUndefined();
  });
  it('goes along by keys', () => {
    expect(moved([10, 20], [0, 100], 0.5)).toEqual([15, 25]);
    expect(moved([95, 100], [0, 100], 0.5)).toEqual([95, 100]);
    expect(keyed('0', [1, 2], [0, 9])).toEqual({ range: undefined });
    expect(keyed('0', undefined, [0, 9])).toBeUndefined();
    expect(keyed('a', [1, 2], [0, 9])).toBeUndefined();
  });
  it('begins at a first look that leaves out what is far, and reaches all of it', () => {
    const [whole, view] = [
      [0, 1000],
      [0, 90],
    ] as const;
    expect(stepped(undefined, whole, 1, view, 30)).toEqual([10, 70]);
    expect(stepped(undefined, whole, -20, view)).toEqual(whole);
    expect(stepped(undefined, whole, -1)).toBeUndefined();
    expect(keyed('0', undefined, whole, view)).toEqual({ range: whole });
    expect(keyed('0', whole, whole, view)).toEqual({ range: undefined });
    expect(keyed('Escape', undefined, whole, view)).toBeUndefined();
  });
});

describe('colours', () => {
  const css = readFileSync(join(import.meta.dirname, '../../../../client/outputs/chart/chart.css'), 'utf8');
  const sets = [...css.matchAll(/\{\s*((?:\s*--hue-[\w]+: #\w+;)+)/g)].map(([, block]) =>
    Object.fromEntries([...block!.matchAll(/--hue-(\w+): (#\w+)/g)].map(([, name, hex]) => [name!, hex!])),
  );
  it('stand twice for dark, equal', () => {
    expect(sets.length).toBe(3);
    expect(sets[1]).toEqual(sets[2]);
  });
  it('are told apart by eyes of every kind', () => {
    for (const set of sets.slice(0, 2)) {
      const hues = Array.from({ length: 8 }, (_, index) => set[index]!);
      for (const [kind, matrix] of Object.entries(SIGHT)) {
        let least = { away: Number.POSITIVE_INFINITY, pair: '' };
        hues.forEach((one, index) => {
          for (const other of hues.slice(index + 1)) {
            const away = distance(labOf(seen(one, matrix)), labOf(seen(other, matrix)));
            if (away < least.away) least = { away, pair: `${kind} ${one} ${other}` };
          }
        });
        expect(least.away, least.pair).toBeGreaterThan(12);
      }
    }
  });
});

/** Machado, Oliveira & Fernandes (2009), severity 1, in linear light. */
const SIGHT: Readonly<Record<string, readonly (readonly number[])[]>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seen(hex: string, matrix: readonly (readonly number[])[]): number[] {
  const rgb = [1, 3, 5].map((start) => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return matrix.map((row) =>
    Math.max(
      0,
      Math.min(
        1,
        row.reduce((sum, weight, index) => sum + weight * rgb[index]!, 0),
      ),
    ),
  );
}

/** CIE Lab of linear sRGB, D65. */
function labOf([r = 0, g = 0, b = 0]: readonly number[]): number[] {
  const f = (t: number): number => (t > 216 / 24389 ? Math.cbrt(t) : (t * 24389) / 27 / 116 + 16 / 116);
  const x = f((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505);
  const y = f(0.2126 * r + 0.7152 * g + 0.0722 * b);
  const z = f((0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, index) => value - b[index]!));
