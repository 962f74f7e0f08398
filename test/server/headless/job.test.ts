import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../server/config.ts';
import { jobOf, type RunOptions } from '../../../server/headless/job.ts';
import { findChromium } from '../../../server/report/chromium.ts';
import { makeWorkspace } from '../../support/server.ts';

let folder: ReturnType<typeof makeWorkspace>;
let at: string;
beforeEach(() => {
  folder = makeWorkspace({ 'a.nb.md': '', 'deep/er/b.nb.md': '', 'c.md': '' });
  at = realpathSync(folder.path);
});
afterEach(() => folder.remove());

const refusal = (notebook: string, options: RunOptions = {}): string => {
  try {
    jobOf(notebook, options);
  } catch (error) {
    if (error instanceof UsageError && error.exitCode === 2) return error.message;
    throw error;
  }
  return 'taken';
};

describe('what gondola run is asked', () => {
  it('finds the workspace above the notebook', () => {
    const { workspace, path } = jobOf(join(at, 'deep/er/b.nb.md'), {});
    expect([workspace, path]).toEqual([at, 'deep/er/b.nb.md']);
  });

  it('takes the notebook’s own folder where nothing above it is a workspace', () => {
    const alone = realpathSync(makeWorkspace().path);
    mkdirSync(join(alone, 'x'));
    writeFileSync(join(alone, 'x', 'n.nb.md'), '');
    expect(jobOf(join(alone, 'x', 'n.nb.md'), { workspace: join(alone, 'x') }).path).toBe('n.nb.md');
  });

  it('refuses what does not exist yet, and says so', () => {
    expect(refusal(join(at, 'a.nb.md'), { output: join(at, 'x.ipynb') })).toContain('yet');
  });

  it('takes reports by their ending, and what only some of them have', () => {
    const output = (name: string, more: RunOptions = {}): string =>
      refusal(join(at, 'a.nb.md'), { output: join(at, name), ...more });
    expect(jobOf(join(at, 'a.nb.md'), { output: join(at, 'x.html'), code: true }).output).toMatchObject({
      form: 'html',
      code: true,
    });
    expect(output('x.md', { code: true })).toContain('shows the code anyway');
    expect(output('x.html', { paper: 'letter' })).toContain('--output FILE.pdf');
    expect(refusal(join(at, 'a.nb.md'), { code: true })).toContain('needs --output');
    expect(refusal(join(at, 'a.nb.md'), { paper: 'a4' })).toContain('needs --output');
  });

  it('says before a run what to do where no Chromium could print it', () => {
    const { PATH } = process.env;
    process.env.PATH = at;
    try {
      if (findChromium(at) !== undefined) return;
      expect(refusal(join(at, 'a.nb.md'), { output: join(at, 'x.pdf') })).toContain('write --output FILE.html');
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('takes values of forms, of a list several', () => {
    const { forms } = jobOf(join(at, 'a.nb.md'), { form: ['day=2015-01-01', 'a=SEA', 'a=J=K', 'b='] });
    expect([...forms]).toEqual([
      ['day', ['2015-01-01']],
      ['a', ['SEA', 'J=K']],
      ['b', ['']],
    ]);
    for (const form of ['day', '=1']) expect(refusal(join(at, 'a.nb.md'), { form: [form] })).toContain('NAME=VALUE');
  });

  it('refuses what is no notebook, no format, or not where it may be', () => {
    expect(refusal(join(at, 'none.nb.md'))).toContain('there is no file');
    expect(refusal(at)).toContain('is a folder');
    expect(refusal(join(at, 'c.md'))).toContain('.nb.md');
    expect(refusal(join(at, 'a.nb.md'), { workspace: join(at, 'deep') })).toContain('does not lie in');
    expect(refusal(join(at, 'a.nb.md'), { workspace: join(at, 'nowhere') })).toContain('no folder');
    expect(refusal(join(at, 'a.nb.md'), { output: join(at, 'x.txt') })).toContain('.md or .json');
    expect(refusal(join(at, 'a.nb.md'), { output: join(at, 'x.nb.md') })).toContain('look like a notebook');
    expect(refusal(join(at, 'a.nb.md'), { results: at, format: 'xml' })).toContain('parquet or csv');
    expect(refusal(join(at, 'a.nb.md'), { format: 'csv' })).toContain('--results');
    expect(refusal(join(at, 'a.nb.md'), { results: join(at, 'c.md') })).toContain('not a folder');
  });

  it('writes Parquet unless told otherwise', () => {
    const results = join(at, 'out');
    expect(jobOf(join(at, 'a.nb.md'), { results }).results).toEqual({ folder: results, format: 'parquet' });
    expect(jobOf(join(at, 'a.nb.md'), { results, format: 'csv' }).results?.format).toBe('csv');
  });
});
