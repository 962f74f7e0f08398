import { expect, it } from 'vitest';
import { MAX_CHART_ROWS } from '../../interpreters/protocol.ts';
import { CHART_ROWS } from '../../server/protocol/outputs.ts';

it('programs send a chart as many rows as pages take in', () => {
  expect(MAX_CHART_ROWS).toBe(CHART_ROWS);
});
