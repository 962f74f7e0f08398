/** How figures and dates are written for those who read Korean: as Intl writes them, on axes too. */
import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { describe, expect, it } from 'vitest';
import { csvOf, rowsBehind } from '../../../client/outputs/chart/data.ts';
import type { Look } from '../../../client/outputs/chart/drawing.ts';
import { koreanTime } from '../../../client/outputs/chart/korean.ts';
import { seriesOf } from '../../../client/outputs/chart/series.ts';
import { specOf } from '../../../client/outputs/chart/spec.ts';
import { timeText } from '../../../client/outputs/chart/texts.ts';
import { koreanDay } from '../../../client/outputs/korean.ts';
import { formatted } from '../../../client/outputs/table/formats.ts';
import { tongueOf } from '../../../client/outputs/tongue.ts';
import type { ChartAnswer } from '../../../server/protocol/chart/answer.ts';

const at = (text: string): number => Date.parse(`${text}Z`);
const MOMENTS = ['2015-01-01T00:00', '2015-01-31T09:05', '1999-12-31T12:00', '2024-02-29T23:59', '0999-07-04T00:30'];
const as = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('ko-KR', { timeZone: 'UTC', ...options });

describe('in Korean', () => {
  it('dates and times are what Intl says', () => {
    const [year, month] = [as({ year: 'numeric' }), as({ year: 'numeric', month: 'long' })];
    const day = as({ year: 'numeric', month: 'long', day: 'numeric' });
    const clock = as({ year: 'numeric', month: 'long', day: 'numeric', hour: 'numeric', minute: '2-digit' });
    for (const moment of MOMENTS.map(at)) {
      expect(koreanTime(moment, 'year')).toBe(year.format(moment));
      expect(koreanTime(moment, 'month')).toBe(month.format(moment));
      expect(koreanTime(moment, 'day')).toBe(day.format(moment));
      expect(koreanTime(moment, 'hour')).toBe(clock.format(moment));
    }
    expect(koreanTime(at('2015-05-01T00:00'), 'quarter')).toBe('2015년 2분기');
    expect(koreanTime(at('2015-01-31T00:00'))).toBe('2015년 1월 31일');
    expect(koreanTime(at('2015-01-31T15:04:05') + 0.25)).toBe('2015년 1월 31일 오후 3:04:05.00025');
    expect(koreanTime(Number.NaN)).toBe('');
  });
  it('are only for those whose first language it is', () => {
    expect([['ko'], ['ko-KR', 'en'], ['KO-kr']].map(tongueOf)).toEqual(['ko', 'ko', 'ko']);
    expect([['en', 'ko'], [], ['kok-IN']].map(tongueOf)).toEqual(['en', 'en', 'en']);
    expect(timeText(at('2024-05-06T07:00'), { count: 1, unit: 'hour' }, 'en')).toBe('2024-05-06 07:00');
    expect(timeText(at('2024-05-06T07:00'), { count: 1, unit: 'hour' }, 'ko')).toBe('2024년 5월 6일 오전 7:00');
  });
  it('days of a table are written so where they are formatted as days; what is none stays', () => {
    expect(formatted('2015-01-31 10:00:00', 'date', 'ko')).toBe('2015년 1월 31일');
    expect(formatted('2015-01-31 10:00:00', 'date', 'en')).toBe('2015-01-31');
    expect(formatted('no day', 'date', 'ko')).toBe('no day');
    expect([koreanDay('12015-01-31'), koreanDay('0044-03-15 (BC)')]).toEqual([undefined, undefined]);
  });
});

/** As the page draws: expressions are interpreted. */
async function textsOf(answer: ChartAnswer, look: Look): Promise<readonly string[]> {
  const labels = { null: 'null', empty: '', others: String };
  const titles = { x: '시각', y: '값', colour: '' };
  const spec: TopLevelSpec = specOf({
    answer,
    series: seriesOf(answer, labels),
    width: 700,
    height: 300,
    titles,
    look,
  });
  const view = new View(parse(compile(spec).spec, undefined, { ast: true }), {
    renderer: 'none',
    expr: expressionInterpreter,
  });
  const svg = await view.toSVG();
  view.finalize();
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text!);
}

describe('an axis in Korean', () => {
  const look: Look = { hues: ['#111111'], quiet: '#999999', tongue: 'ko' };
  const over = (times: readonly number[], step: number): ChartAnswer => ({
    mark: 'line',
    rows: times.length,
    x: { scale: 'time', values: [...times], domain: [times[0]!, times.at(-1)!] },
    y: { aggregate: 'mean', values: times.map((_, index) => index * step) },
    notes: [],
  });
  const hours = Array.from({ length: 60 }, (_, hour) => at('2024-01-01T09:00') + hour * 3_600_000);

  it('says hours by halves of the day, days and months', async () => {
    const texts = await textsOf(over(hours, 1), look);
    expect(texts).toContain('오후 12시');
    expect(texts).toContain('1월 2일');
    const days = await textsOf(
      over(
        hours.map((_, day) => at('2024-01-20T00:00') + day * 86_400_000),
        1,
      ),
      look,
    );
    expect(days.join(' ')).toMatch(/2024년 2월|2월 \d+일/);
    const years = await textsOf(
      over(
        hours.map((_, month) => Date.UTC(2015, month)),
        1,
      ),
      look,
    );
    expect(years).toContain('2016년');
    expect([...texts, ...days, ...years].join(' ')).not.toMatch(/[AP]M|Jan|Feb|-\d\d/);
  });
  it('counts long figures in myriads, and short ones as they are', async () => {
    expect(await textsOf(over(hours, 20_000), look)).toEqual(expect.arrayContaining(['20만', '100만']));
    expect(await textsOf(over(hours, 5_000_000), look)).toEqual(expect.arrayContaining(['5,000만', '1억', '3억']));
    const short = new Intl.NumberFormat('ko-KR', { notation: 'compact' });
    expect([200_000, 1_000_000, 300_000_000].map((value) => short.format(value))).toEqual(['20만', '100만', '3억']);
    expect(await textsOf(over(hours, 2000), look)).toEqual(expect.arrayContaining(['0', '2만', '10만']));
    expect(await textsOf(over(hours, 10), look)).toEqual(expect.arrayContaining(['200', '400']));
    expect(await textsOf(over(hours, 20_000), { ...look, tongue: 'en' })).toContain('1M');
  });
  it('leaves files of data in no language', () => {
    const answer = over(hours.slice(0, 2), 1);
    const series = seriesOf(answer, { null: '', empty: '', others: String });
    const titles = { x: 'at', y: 'n', y2: '', colour: '', size: '', tips: [], whole: '' };
    expect(csvOf(rowsBehind({ answer, series, titles }))).toContain('2024-01-01 09:00,0');
  });
});
