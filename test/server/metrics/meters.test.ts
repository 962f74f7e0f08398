import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METERS } from '../../../server/metrics/catalogue.ts';
import { openMeters } from '../../../server/metrics/meters.ts';
import { kindOf, measureStorage } from '../../../server/metrics/storage.ts';

const linesOf = (text: string, name: string) => text.split('\n').filter((line) => line.startsWith(name));

describe('meters', () => {
  it('are all told from the start, with help and type, and counters without labels at zero', () => {
    const text = openMeters().render({});
    for (const [name, { kind }] of Object.entries(METERS)) expect(text).toContain(`# TYPE gondola_${name} ${kind}\n`);
    expect(text).toContain('gondola_result_evictions_total 0\n');
    expect(text).toContain('gondola_log_sync_duration_seconds_count 0\n');
  });

  it('sum what they are told, in buckets that hold what is below them', () => {
    const meters = openMeters();
    for (const seconds of [0.0004, 0.002, 0.002, 99]) meters.observe('log_sync_duration_seconds', seconds);
    const text = meters.render({});
    expect(text).toContain('gondola_log_sync_duration_seconds_bucket{le="0.0005"} 1\n');
    expect(text).toContain('gondola_log_sync_duration_seconds_bucket{le="0.0025"} 3\n');
    expect(text).toContain('gondola_log_sync_duration_seconds_bucket{le="10"} 3\n');
    expect(text).toContain('gondola_log_sync_duration_seconds_bucket{le="+Inf"} 4\n');
    expect(text).toMatch(/gondola_log_sync_duration_seconds_sum 99\.0044/);
  });

  it('keep apart what differs in its labels, and never more than a hundred', () => {
    const meters = openMeters();
    for (let at = 0; at < 500; at += 1) meters.count('runs_total', [`made-up-${at}`, 'done']);
    meters.count('runs_total', ['made-up-7', 'done']);
    const lines = linesOf(meters.render({}), 'gondola_runs_total');
    expect(lines.length).toBe(101);
    expect(lines).toContain('gondola_runs_total{interpreter="made-up-7",state="done"} 2');
    expect(lines).toContain('gondola_runs_total{interpreter="other",state="other"} 400');
  });

  it('write labels so that nothing in them ends a line', () => {
    const text = openMeters().render({ x: { help: 'X.', value: [[{ a: 'q"u\\o\nte' }, 1]] } });
    expect(text).toContain('gondola_x{a="q\\"u\\\\o\\nte"} 1\n');
  });

  it('have names that end in a unit or in _total', () => {
    for (const [name, { kind }] of Object.entries(METERS))
      expect(name).toMatch(kind === 'counter' ? /_total$/ : /_(seconds|bytes)$/);
  });
});

describe('storage', () => {
  it('is told by kind, without following links', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gondola-storage-'));
    try {
      const notebook = join(folder, 'notebooks', 'abc');
      mkdirSync(join(notebook, 'session', 'deep'), { recursive: true });
      writeFileSync(join(folder, 'outside'), Buffer.alloc(1 << 20, 1));
      symlinkSync(join(folder, 'outside'), join(notebook, 'session', 'link'));
      writeFileSync(join(notebook, 'log-2'), Buffer.alloc(64 << 10, 1));
      writeFileSync(join(notebook, 'session', 'deep', 'file'), Buffer.alloc(128 << 10, 1));
      const use = await measureStorage(join(folder, 'notebooks'));
      expect(use.documents).toBeGreaterThanOrEqual(64 << 10);
      expect(use.sessions).toBeGreaterThanOrEqual(128 << 10);
      expect(use.sessions).toBeLessThan(1 << 20);
      expect(use.runs + use.results + use.versions).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('names what there is', () => {
    const names = [
      'log',
      'snapshot-3',
      'runs.log',
      'visited',
      'results.log',
      'versions.log',
      'session',
      'visitors',
      'copied',
    ];
    expect(names.map(kindOf)).toEqual([
      'documents',
      'documents',
      'runs',
      'runs',
      'results',
      'versions',
      'sessions',
      'sessions',
      'other',
    ]);
  });
});
