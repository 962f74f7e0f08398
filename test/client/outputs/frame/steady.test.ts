import { describe, expect, it } from 'vitest';
import { shiftFor } from '../../../../client/outputs/frame/steady.ts';

const view = { top: 64, bottom: 900 };

describe('a frame that finds its height', () => {
  it('moves the page by what it grew where only its end is in sight', () => {
    expect(shiftFor({ top: -100, bottom: 80 }, { top: -100, bottom: 3960 }, view)).toBe(3880);
    expect(shiftFor({ top: -100, bottom: 80 }, { top: -100, bottom: 30 }, view)).toBe(-50);
  });

  it('moves nothing where the browser has done so', () => {
    expect(shiftFor({ top: -100, bottom: 80 }, { top: -3980, bottom: 80 }, view)).toBe(0);
  });

  it('moves nothing where the frame is what is read', () => {
    expect(shiftFor({ top: 70, bottom: 190 }, { top: 70, bottom: 4070 }, view)).toBe(0);
    expect(shiftFor({ top: -2000, bottom: 700 }, { top: -2000, bottom: 900 }, view)).toBe(0);
    expect(shiftFor({ top: 950, bottom: 1000 }, { top: 950, bottom: 4000 }, view)).toBe(0);
  });
});
