import { describe, expect, it } from 'vitest';
import { previewOf } from '../../../../server/jobs/schedule/preview.ts';
import { dueBetween, isSchedule, readSchedule, type Schedule } from '../../../../server/jobs/schedule/schedule.ts';

const NOW = Date.UTC(2026, 0, 1);
const YEAR = 366 * 86_400_000;

function schedule(cron: string, timeZone: string): Schedule {
  const read = readSchedule(cron, timeZone, NOW);
  if (!isSchedule(read)) throw new Error(read.detail);
  return read;
}

const due = (cron: string, timeZone: string, day: string, hours = 24): readonly string[] => {
  const from = Date.parse(`${day}T00:00:00Z`);
  return dueBetween(schedule(cron, timeZone), from - 1, from + hours * 3_600_000 - 1, 100).map((at) =>
    new Date(at).toISOString().slice(11, 16),
  );
};

describe('a schedule', () => {
  it('is due behind the gap, once, at one time of day that is leapt over', () => {
    expect(due('30 2 * * *', 'Europe/Berlin', '2026-03-29')).toEqual(['01:00']);
  });

  it('is due the first time, at one time of day that comes twice', () => {
    expect(due('30 2 * * *', 'Europe/Berlin', '2026-10-25')).toEqual(['00:30']);
  });

  it('follows the wall where it repeats within the day', () => {
    expect(due('*/20 2 * * *', 'Europe/Berlin', '2026-03-29')).toEqual([]);
    expect(due('*/20 2 * * *', 'Europe/Berlin', '2026-10-25')).toHaveLength(6);
    expect(due('0 * * * *', 'Europe/Berlin', '2026-10-25', 4)).toEqual(['00:00', '01:00', '02:00', '03:00']);
  });

  it('takes seconds, names, nicknames, last days and numbered weekdays', () => {
    expect(
      dueBetween(schedule('*/20 0 7 * * MON', 'UTC'), NOW, NOW + YEAR, 3).map((at) => new Date(at).toISOString()),
    ).toEqual(['2026-01-05T07:00:00.000Z', '2026-01-05T07:00:20.000Z', '2026-01-05T07:00:40.000Z']);
    expect(dueBetween(schedule('@monthly', 'Asia/Seoul'), NOW, NOW + YEAR, 1)).toEqual([Date.UTC(2026, 0, 31, 15)]);
    expect(dueBetween(schedule('0 7 L * *', 'UTC'), NOW, NOW + YEAR, 2)).toEqual([
      Date.UTC(2026, 0, 31, 7),
      Date.UTC(2026, 1, 28, 7),
    ]);
    expect(dueBetween(schedule('0 7 * * FRI#2', 'UTC'), NOW, NOW + YEAR, 1)).toEqual([Date.UTC(2026, 0, 9, 7)]);
  });

  it('goes on from a planned instant, never from where it was asked', () => {
    const hourly = schedule('15 * * * *', 'Asia/Kolkata');
    const first = hourly.after(NOW)!;
    for (let at = NOW; at < first; at += 60_000) expect(hourly.after(at)).toBe(first);
    expect(hourly.after(first)).toBe(first + 3_600_000);
  });

  it.each([
    ['* * * *', 'UTC', 'cron', /these are 4/],
    ['', 'UTC', 'cron', /these are 0/],
    ['61 * * * *', 'UTC', 'cron', /61/],
    ['5/15 * * * *', 'UTC', 'cron', /5\/15/],
    ['? 7 * * *', 'UTC', 'cron', /“\*”/],
    ['@reboot', 'UTC', 'cron', /these are 1/],
    ['2030-01-01T00:00:00', 'UTC', 'cron', /these are 1/],
    [`0 7 ${'1,'.repeat(200)}1 * *`, 'UTC', 'cron', /200 characters/],
    ['0 9 31 2 *', 'UTC', 'never', /no day that will come/],
    ['0 7 * * *', 'Mars/Olympus', 'time-zone', /Asia\/Seoul/],
    ['0 7 * * *', '+09:00', 'time-zone', /\+09:00/],
  ])('refuses %s in %s', (cron, timeZone, reason, detail) => {
    const read = readSchedule(cron, timeZone, NOW);
    expect(read).toMatchObject({ reason, detail: expect.stringMatching(detail) });
  });

  it('spells its zone as the engine does', () => {
    expect(schedule('0 7 * * *', 'asia/seoul').timeZone).toBe('Asia/Seoul');
  });
});

describe('the preview of a schedule', () => {
  it('shows ten times, on the wall and with their offsets', () => {
    const { due: shown } = previewOf(schedule('30 2 * * *', 'Europe/Berlin'), Date.UTC(2026, 2, 27));
    expect(shown).toHaveLength(10);
    expect(shown.slice(0, 4).map(({ wall, offset }) => [wall, offset])).toEqual([
      ['2026-03-27T02:30:00', 60],
      ['2026-03-28T02:30:00', 60],
      ['2026-03-29T03:00:00', 120],
      ['2026-03-30T02:30:00', 120],
    ]);
  });

  it('says what the next changes of the clocks do to it', () => {
    const { changes } = previewOf(schedule('30 2 * * *', 'Europe/Berlin'), NOW);
    expect(changes).toEqual([
      {
        at: Date.UTC(2026, 2, 29, 1),
        from: '2026-03-29T02:00:00',
        to: '2026-03-29T03:00:00',
        effect: 'late',
        times: ['2026-03-29T02:30:00'],
      },
      {
        at: Date.UTC(2026, 9, 25, 1),
        from: '2026-10-25T03:00:00',
        to: '2026-10-25T02:00:00',
        effect: 'once',
        times: ['2026-10-25T02:30:00'],
      },
    ]);
    const steps = previewOf(schedule('*/20 2 * * *', 'Europe/Berlin'), NOW).changes;
    expect(steps.map(({ effect, times }) => [effect, times.length])).toEqual([
      ['left-out', 3],
      ['twice', 3],
    ]);
  });

  it('says nothing where the clocks do nothing to it', () => {
    expect(previewOf(schedule('0 7 * * *', 'Europe/Berlin'), NOW).changes).toEqual([]);
    expect(previewOf(schedule('30 2 * * *', 'Asia/Seoul'), NOW).changes).toEqual([]);
  });
});
