import { expect, test } from 'vitest';
import { shiftFor } from '../../../client/notebook/stay.ts';

const view = { top: 64, bottom: 884 };

test('what is pushed below the window comes back by just what is out of sight', () => {
  expect(shiftFor(600, { top: 950, bottom: 1040 }, view)).toBe(156);
});

test('what stays in sight moves nothing, however far it was pushed', () => {
  expect(shiftFor(100, { top: 450, bottom: 540 }, view)).toBe(0);
});

test('what was half out of sight is not brought further in than it was', () => {
  expect(shiftFor(800, { top: 810, bottom: 1000 }, view)).toBe(10);
});

test('an output that grows below the current text moves nothing', () => {
  expect(shiftFor(800, { top: 800, bottom: 1300 }, view)).toBe(0);
});

test('what is higher than the window goes back to where it began at most', () => {
  expect(shiftFor(64, { top: 400, bottom: 3000 }, view)).toBe(336);
});

test('what is drawn up over the top comes down again, and no further', () => {
  expect(shiftFor(300, { top: -50, bottom: 40 }, view)).toBe(-114);
  expect(shiftFor(300, { top: 100, bottom: 190 }, view)).toBe(0);
});
