/** In whose way figures and dates are written on a page: as its viewer's browser says first. */
import { afterEach, expect, it, vi } from 'vitest';
import { styleOf } from '../../../client/outputs/chart/look.ts';
import { timeText } from '../../../client/outputs/chart/texts.ts';
import { shownText } from '../../../client/outputs/table/cells.ts';
import { tongue } from '../../../client/outputs/tongue.ts';

afterEach(() => vi.restoreAllMocks());
const MOMENT = Date.UTC(2015, 0, 31, 15, 4);
const DAY = { kind: 'time', grouped: false, format: 'date' } as const;
const theme = { dark: false, tokens: {} };
const said = () => [
  tongue(),
  timeText(MOMENT, { count: 1, unit: 'month' }),
  shownText('2015-01-31 15:04:00', DAY),
  styleOf(theme, () => '').look.tongue,
];

it('is Korean where that is the first language of the browser, and of no language else', () => {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['ko-KR', 'en']);
  expect(said()).toEqual(['ko', '2015년 1월', '2015년 1월 31일', 'ko']);
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(['en-GB', 'ko']);
  expect(said()).toEqual(['en', '2015-01', '2015-01-31', 'en']);
});
