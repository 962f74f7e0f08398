import { parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { coveredBy } from '../../../../client/outputs/chart/annotated.ts';
import { csvOf, rowsBehind } from '../../../../client/outputs/chart/data.ts';
import { changeOf } from '../../../../client/outputs/chart/figure/number.ts';
import { figureOf } from '../../../../client/outputs/chart/figure/spec.ts';
import { figureAlt, figureTitles } from '../../../../client/outputs/chart/figure/titles.ts';
import { spokenTip, walked } from '../../../../client/outputs/chart/keys.ts';
import { seriesOf } from '../../../../client/outputs/chart/series.ts';
import { specOf } from '../../../../client/outputs/chart/spec.ts';
import { tipOf } from '../../../../client/outputs/chart/tips.ts';
import { altOf, titlesOf } from '../../../../client/outputs/chart/titles.ts';
import { chart as words } from '../../../../client/words/chart.ts';
import { type Annotation, readAnnotations } from '../../../../server/protocol/annotations.ts';
import type { ChartAnswer } from '../../../../server/protocol/chart/answer.ts';
import type { FigureAnswer } from '../../../../server/protocol/chart/figures.ts';

const look = { hues: ['#111111', '#222222', '#333333'], quiet: '#999999', paper: '#ffffff' };
const at = (text: string): number => Date.parse(`${text}Z`);
const day = (n: number): number => at('2024-03-01T00:00') + n * 86_400_000;

/** What is drawn, and what the compiler of specs had to say. */
async function drawn(spec: TopLevelSpec): Promise<{ readonly svg: string; readonly said: readonly unknown[] }> {
  const said: unknown[] = [];
  const note = (...texts: unknown[]) => {
    said.push(...texts);
    return logger;
  };
  const logger = { error: note, warn: note, info: note, debug: note, level: () => logger };
  const view = new View(parse(compile(spec, { logger: logger as never }).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return { svg, said };
}
const textsIn = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);

const figures = (name: string): readonly FigureAnswer[] => [
  {
    mark: 'box',
    rows: 9,
    x: { scale: 'category', keys: [name, null] },
    boxes: [
      { low: 1, q1: 2, median: 3, q3: 4, high: 5, count: 8, beyond: 1 },
      { low: 1, q1: 1, median: 1, q3: 1, high: 1, count: 1, beyond: 0 },
    ],
    outliers: { at: [0], values: [99] },
    notes: [],
  },
  {
    mark: 'heat',
    rows: 3,
    aggregate: 'mean',
    x: { scale: 'time', values: [day(0), day(1)], every: { count: 1, unit: 'day' } },
    y: { scale: 'category', keys: [name] },
    cells: { x: [0, 1], y: [0, 0], values: [1.5, 7], counts: [1, 2] },
    notes: [],
  },
  {
    mark: 'cohort',
    rows: 9,
    unit: 'month',
    cohorts: [
      { start: at('2024-01-01T00:00'), size: 40, kept: [40, 10] },
      { start: at('2024-02-01T00:00'), size: 7, kept: [7] },
    ],
    notes: [],
  },
  {
    mark: 'number',
    rows: 3,
    aggregate: 'sum',
    value: 150,
    before: 100,
    series: { at: [day(0), day(1)], values: [100, 150], every: { count: 1, unit: 'day' } },
    notes: [],
  },
  {
    mark: 'spark',
    rows: 4,
    aggregate: 'sum',
    keys: [name, null],
    at: [day(0), day(1)],
    every: { count: 1, unit: 'day' },
    lines: [
      [1, 4321],
      [null, 2],
    ],
    notes: [],
  },
];
const chart = { mark: 'heat', x: { column: 'x' }, y: { column: 'y' }, row: { column: 'r' } } as const;
const figureSpec = (answer: FigureAnswer) =>
  figureOf({ answer, titles: figureTitles(chart, answer), width: 600, height: 300, look });

describe('a chart of its own shape', () => {
  it.each(['서울', 'constructor', '__proto__', 'datum["x"]', ''])(
    'is drawn without a word, of names like %j',
    async (name) => {
      for (const answer of figures(name)) {
        const { svg, said } = await drawn(figureSpec(answer).spec);
        expect([answer.mark, said]).toEqual([answer.mark, []]);
        expect([answer.mark, /<(path|rect|text|line)/.test(svg)]).toEqual([answer.mark, true]);
      }
    },
  );
  it('shows what it was told', async () => {
    const [, , cohort, number, spark] = figures('서울');
    expect(textsIn((await drawn(figureSpec(cohort!).spec)).svg)).toEqual(
      expect.arrayContaining(['2024-01', '2024-02', '40', '25 %', '7']),
    );
    expect(textsIn((await drawn(figureSpec(number!).spec)).svg)).toEqual(
      expect.arrayContaining(['150', '▲ 50.0 % from 2024-03-01', '2024-03-02']),
    );
    expect(textsIn((await drawn(figureSpec(spark!).spec)).svg)).toEqual(expect.arrayContaining(['서울', '4,321', '2']));
  });
  it('says itself and each of its elements in words', () => {
    const said = figures('서울').map((answer) => {
      const { items } = figureSpec(answer);
      return [figureAlt(answer, figureTitles(chart, answer), items), spokenTip(items[0]!.tip)];
    });
    expect(said).toEqual([
      [
        'Box plot: Spread of y by x. 2 boxes. Lowest median 1 at null, highest 3 at 서울.',
        '서울, median 3, middle half 2 – 4, whiskers 1 – 5, beyond 1 row, 8 rows',
      ],
      [
        'Heat map: Count of rows by x and y. 2 cells. Lowest 1.5 at 2024-03-01 · 서울, highest 7 at 2024-03-02 · 서울.',
        '2024-03-01 · 서울, count of rows 1.5, 1 row',
      ],
      ['Retention: Return of y by month. 2 cohorts.', 'from 2024-01, came first 40'],
      ['Count of rows: 150.'.replace('Count of rows', 'Sum of y'), '2024-03-02, sum of y 150'],
      [
        'Sum of y of each r. 2 lines. Lowest last value 2 of null, highest 4,321 of 서울.',
        '서울 · 2024-03-01, sum of y 1',
      ],
    ]);
  });
  it('of one box says the box, of cohorts how many came again where that is known', () => {
    const [box, , cohort] = figures('서울');
    if (box?.mark !== 'box' || cohort?.mark !== 'cohort') throw new Error('another order');
    const one = { ...box, x: { scale: 'category' as const, keys: [''] }, boxes: box.boxes.slice(0, 1) };
    const three = {
      ...cohort,
      cohorts: [
        ...cohort.cohorts.slice(0, 1),
        { start: at('2024-02-01T00:00'), size: 8, kept: [8, 4] },
        { start: at('2024-03-01T00:00'), size: 9, kept: [9, null] },
      ],
    };
    const said = [one, three].map((answer) => figureAlt(answer, figureTitles(chart, answer), figureSpec(answer).items));
    expect(said).toEqual([
      'Box plot: Spread of y by x. 1 box. Median 3, whiskers 1 – 5.',
      'Retention: Return of y by month. 3 cohorts. 1 month later lowest 25.0 % from 2024-01, highest 50.0 % from 2024-02.',
    ]);
  });
  it('has a change in percent only where there was something', () => {
    expect([changeOf(150, 100), changeOf(1, 4), changeOf(3, 3), changeOf(900, 3)]).toEqual([
      '▲ 50.0 %',
      '▼ 75.0 %',
      '= 0.0 %',
      '▲ 29900 %',
    ]);
    expect([changeOf(1, 0), changeOf(1, null), changeOf(null, 1), changeOf(1, undefined)]).toEqual(['', '', '', '']);
  });
});

const line: ChartAnswer = {
  mark: 'line',
  rows: 6,
  x: { scale: 'time', values: [day(0), day(10), day(20)], domain: [day(0), day(20)] },
  y: { aggregate: 'sum', values: [1, 5, 2] },
  notes: [],
};
const spec = (answer: ChartAnswer, more: object = {}, stack?: 'share' | 'apart') =>
  specOf({
    answer,
    series: seriesOf(answer, words, new Set(), stack),
    width: 640,
    height: 300,
    titles: { x: 'seen', y: 'n', y2: 'second', colour: 'c', size: 's' },
    look,
    ...more,
  });

describe('dates of the notebook', () => {
  const all: readonly Annotation[] = readAnnotations([
    ['2024-03-05', 'Launch'],
    ['2024-03-10..2024-03-12', '점검'],
    ['2024-02-01', 'Before all'],
    ['soon', 'No date'],
    ['2024-13-41', 'None either'],
    ['2024-03-09..2024-03-01', 'Backwards'],
    ['2024-03-20 06:00', 'At six'],
  ]);
  it('are those that say a date and a text', () => {
    expect(all.map(({ text, from, to }) => [text, from, to])).toEqual([
      ['Before all', at('2024-02-01T00:00'), undefined],
      ['Launch', day(4), undefined],
      ['점검', day(9), day(12)],
      ['At six', day(19) + 6 * 3_600_000, undefined],
    ]);
  });
  it('stand on every axis of time that covers them, and are said', async () => {
    for (const mark of ['line', 'bar', 'area', 'point'] as const) {
      const answer = { ...line, mark, x: { ...line.x, every: { count: 10, unit: 'day' as const } } } as ChartAnswer;
      const { svg, said } = await drawn(spec(answer, { annotations: all }));
      expect([mark, said]).toEqual([mark, []]);
      expect(textsIn(svg)).toEqual(expect.arrayContaining(['Launch', '점검', 'At six']));
      expect(textsIn(svg)).not.toContain('Before all');
    }
    const titles = titlesOf({ mark: 'line', x: { column: 'seen' }, y: { column: 'n', aggregate: 'sum' } }, line);
    expect(altOf(line, seriesOf(line, words), titles, all)).toMatch(
      /Annotated: 2024-03-05 Launch; 2024-03-10 점검; 2024-03-20 06:00 At six\.$/,
    );
    expect(altOf(line, seriesOf(line, words), titles, all, [day(0), day(5)])).toMatch(
      /Annotated: 2024-03-05 Launch\.$/,
    );
  });
  it('on a part of the axis are cut to it, and texts do not lie on each other', () => {
    const cut = coveredBy(all, [day(10), day(20)], 600);
    expect(cut.map(({ text, from, to }) => [text, from, to])).toEqual([
      ['점검', day(10), day(12)],
      ['At six', day(19) + 6 * 3_600_000, undefined],
    ]);
    const close = readAnnotations([1, 2, 3, 4].map((n) => [`2024-03-0${n}`, 'A text of some length'] as const));
    expect(coveredBy(close, [day(0), day(300)], 600).map((one) => one.line)).toEqual([0, 1, 2, 2]);
  });
  it('are not on axes of anything else', async () => {
    const numbers: ChartAnswer = { ...line, x: { scale: 'number', values: [1, 2, 3], domain: [1, 3] } };
    expect(textsIn((await drawn(spec(numbers, { annotations: all }))).svg)).not.toContain('Launch');
  });
});

describe('channels', () => {
  const parts: ChartAnswer = {
    mark: 'bar',
    rows: 4,
    x: { scale: 'category', keys: ['a', 'b'], at: [0, 0, 1, 1] },
    y: { aggregate: 'sum', values: [1, 3, 5, 5] },
    colour: { scale: 'category', keys: ['p', 'q'], at: [0, 1, 0, 1] },
    notes: [],
  };
  it('stack to shares of the whole, or stand beside each other', () => {
    const shares = seriesOf(parts, words, new Set(), 'share');
    expect(shares.marks.map(({ low, high }) => [low, high])).toEqual([
      [0, 0.25],
      [0, 0.5],
      [0.25, 1],
      [0.5, 1],
    ]);
    expect(seriesOf(parts, words, new Set(), 'apart').marks.every(({ low }) => low === 0)).toBe(true);
  });
  it('make small charts, each with its own stacks', async () => {
    const answer: ChartAnswer = {
      ...parts,
      facet: { row: { keys: ['up', 'down'] }, column: { keys: ['left', 'right'] }, at: [0, 0, 1, 3] },
    };
    const series = seriesOf(answer, words);
    expect(series.marks.map(({ row, column, low, high }) => [row, column, low, high])).toEqual([
      ['up', 'left', 0, 1],
      ['up', 'left', 1, 4],
      ['up', 'right', 0, 5],
      ['down', 'right', 0, 5],
    ]);
    const { svg, said } = await drawn(spec(answer));
    expect(said).toEqual([]);
    expect(textsIn(svg)).toEqual(expect.arrayContaining(['up', 'down', 'left', 'right']));
  });
  it('measure on a second axis', async () => {
    const answer: ChartAnswer = { ...line, y2: { aggregate: 'mean', values: [100, null, 300] } };
    const { svg, said } = await drawn(spec(answer));
    expect(said).toEqual([]);
    expect(textsIn(svg)).toEqual(expect.arrayContaining(['n', 'second', '300']));
    const series = seriesOf(answer, words);
    const titles = titlesOf(
      { mark: 'line', x: { column: 'seen' }, y: { column: 'n' }, y2: { column: 'v', aggregate: 'mean' } },
      answer,
    );
    expect(tipOf(answer, series, titles, [series.marks[2]!])?.lines.at(-1)).toEqual({ name: 'mean v', value: '300' });
  });
  it('say size and columns of a point in its tip', () => {
    const answer: ChartAnswer = {
      mark: 'point',
      rows: 1,
      x: { scale: 'number', values: [1], domain: [1, 1] },
      y: { aggregate: 'none', values: [2] },
      size: [7],
      tooltip: [['Kim'], [null]],
      notes: [],
    };
    const titles = titlesOf(
      { mark: 'point', x: { column: 'x' }, y: { column: 'y' }, size: { column: 's' }, tooltip: ['who', 'why'] },
      answer,
    );
    const series = seriesOf(answer, words);
    expect(tipOf(answer, series, titles, series.marks)?.lines).toEqual([
      { name: 'y', value: '2' },
      { name: 's', value: '7' },
      { name: 'who', value: 'Kim' },
      { name: 'why', value: 'null' },
    ]);
  });
});

it('keys go from place to place and no farther', () => {
  const key = (name: string, held = {}) => ({
    key: name,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...held,
  });
  expect([
    walked(key('ArrowRight'), undefined, 3),
    walked(key('ArrowRight'), 2, 3),
    walked(key('ArrowLeft'), undefined, 3),
    walked(key('ArrowLeft'), 0, 3),
  ]).toEqual([0, 2, 2, 0]);
  expect([
    walked(key('Home'), 2, 3),
    walked(key('End'), 0, 3),
    walked(key('ArrowRight', { shiftKey: true }), 0, 3),
    walked(key('a'), 0, 3),
    walked(key('End'), 0, 0),
  ]).toEqual([0, 2, undefined, undefined, undefined]);
});

describe('the data behind a chart', () => {
  it('are its figures in full, of every mark', () => {
    const texts = figures('=서울').map((answer) => csvOf(rowsBehind({ answer, titles: figureTitles(chart, answer) })));
    expect(texts).toEqual([
      "\ufeffx,low,q1,median,q3,high,rows,beyond\r\n'=서울,1,2,3,4,5,8,1\r\nnull,1,1,1,1,1,1,0\r\n",
      "\ufeffx,y,count of rows,rows\r\n2024-03-01,'=서울,1.5,1\r\n2024-03-02,'=서울,7,2\r\n",
      '\ufeffx,0,1\r\n2024-01,40,10\r\n2024-02,7,\r\n',
      '\ufeffx,sum of y\r\n2024-03-01,100\r\n2024-03-02,150\r\n',
      "\ufeffr,2024-03-01,2024-03-02\r\n'=서울,1,4321\r\nnull,,2\r\n",
    ]);
  });
  it('of a line have both of its measures', () => {
    const answer: ChartAnswer = { ...line, y2: { aggregate: 'mean', values: [100, null, 300] }, counts: [2, 2, 2] };
    const titles = titlesOf(
      {
        mark: 'line',
        x: { column: 'seen' },
        y: { column: 'n', aggregate: 'sum' },
        y2: { column: 'v', aggregate: 'mean' },
      },
      answer,
    );
    expect(rowsBehind({ answer, titles, series: seriesOf(answer, words) })).toEqual([
      ['seen', 'sum of n', 'mean v', 'rows'],
      ['2024-03-01', 1, 100, 2],
      ['2024-03-11', 5, undefined, 2],
      ['2024-03-21', 2, 300, 2],
    ]);
  });
});
