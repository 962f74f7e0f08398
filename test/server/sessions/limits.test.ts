import { describe, expect, it } from 'vitest';
import { fullLimits, MEMORY_BASE, MEMORY_SLACK, memoryPlan } from '../../../server/sessions/limits.ts';
import { judge, memoryCeiling } from '../../../server/sessions/sampler.ts';

const GB = 2 ** 30;
const MB = 2 ** 20;
const small = fullLimits({ memory: 4 * GB, cores: 2 });

describe('limits', () => {
  it('fit a machine of 4 GB: four engines within 60% of its memory', () => {
    expect(small).toMatchObject({ budget: Math.floor(2.4 * GB), sessions: 4, threads: 2, ahead: 2 });
    expect(small.memory * 4).toBeLessThanOrEqual(small.budget);
    expect(small.memory).toBeGreaterThan(600 * MB);
  });

  it('let more than four sessions run where memory is plenty, none with more than 4 GB', () => {
    expect(fullLimits({ memory: 256 * GB, cores: 64 })).toMatchObject({ memory: 4 * GB, sessions: 38, threads: 8 });
  });

  it('follow a budget that is given', () => {
    expect(fullLimits({ memory: 256 * GB, cores: 2 }, { budget: 2 * GB })).toMatchObject({
      memory: GB / 2,
      sessions: 4,
    });
  });

  it('leave what is planned with and the program itself under the ceiling', () => {
    for (const memory of [300 * MB, small.memory, GB, 4 * GB]) {
      expect(memoryPlan(memory) + MEMORY_BASE).toBeLessThanOrEqual(
        Math.max(memory * MEMORY_SLACK, MEMORY_BASE + 64 * MB),
      );
      expect(memoryPlan(memory)).toBeLessThanOrEqual(memory);
    }
  });
});

describe('a sample', () => {
  const fine = { memory: 100 * MB, cpuMs: 5, wallMs: 5, disk: { used: 0, files: 1, free: 100 * GB } };

  it('within all limits is left alone', () => {
    expect(judge(fine, small)).toBeUndefined();
    expect(judge({ ...fine, memory: memoryCeiling(small) }, small)).toBeUndefined();
  });

  it.each([
    [{ memory: memoryCeiling(small) + 1 }, 'memory-limit'],
    [{ cpuMs: small.cpuMs + 1 }, 'time-limit'],
    [{ wallMs: small.wallMs + 1 }, 'time-limit'],
    [{ disk: { used: small.diskBytes + 1, files: 1, free: 100 * GB } }, 'disk-limit'],
    [{ disk: { used: 0, files: 1, free: small.diskReserve - 1 } }, 'disk-limit'],
    [{ memory: small.memory + 1, growth: small.memory }, 'memory-limit'],
    [{ disk: { used: 0, files: 50_001, free: 100 * GB } }, 'disk-limit'],
  ])('of %o passes its limit: %s, with what to do', (change, reason) => {
    const passed = judge({ ...fine, ...change }, small);
    expect(passed).toMatchObject({ reason, failure: { code: reason } });
    expect(passed?.failure.hint).toMatch(/\.$/);
  });

  it('of an idle process is not ended because others filled the disk', () => {
    expect(judge({ memory: 1, disk: { used: 0, files: 1, free: 0 } }, small)).toBeUndefined();
  });
});
