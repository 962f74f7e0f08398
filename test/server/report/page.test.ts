import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ParagraphId, ResultId } from '../../../server/protocol/ids.ts';
import { collect } from '../../../server/report/collect.ts';
import { filePolicy, inScript, openReportPages } from '../../../server/report/page.ts';

const pages = openReportPages(join(import.meta.dirname, '../../fixtures/report'));
const id = 'a' as ParagraphId;
const table = {
  kind: 'table',
  result: 'r' as ResultId,
  rows: 2,
  bytes: 1,
  columns: [{ name: 'a', type: 'VARCHAR' }],
} as const;
const done = { state: 'done', started: 1, ended: 2 } as const;
const results = {
  window: async () => ({ contentType: 'application/json', body: Buffer.from('[{"a":"x"},{"a":null}]') }),
  chart: async () => {
    throw new Error('no chart was asked for');
  },
};
const none = new AbortController().signal;

it('holds what people wrote as JSON in which no tag can be found', async () => {
  const hostile = '</script><!--<script>&\u2028';
  expect(inScript(hostile)).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(inScript(hostile))).toBe(hostile);
  const html = await pages.page({ title: '<b>"t"</b>', layout: { width: 'wide' }, values: [], paragraphs: [] });
  expect(html).toContain('<title>&lt;b&gt;&quot;t&quot;&lt;/b&gt;</title>');
});

it('lets nothing run but its own scripts, and nothing be fetched', async () => {
  const policy = filePolicy(await pages.hashes());
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+';/);
  expect(policy).not.toMatch(/https?:|\*|'self'|unsafe-eval/);
});

it('gathers rows that may be read, and says what it leaves out', async () => {
  const shown = { id, interpreter: 'sql', place: 'across', run: { phase: done, outputs: [table] } } as const;
  const [read, withheld, hidden] = await Promise.all([
    collect([shown], results, none),
    collect([{ ...shown, mayRead: () => false }], results, none),
    collect([{ ...shown, place: 'hidden' }], results, none),
  ]);
  expect(read[0]?.outputs).toMatchObject([{ kind: 'table', rows: [['x'], [null]], total: 2 }]);
  expect(withheld[0]?.outputs).toEqual([{ kind: 'left', what: 'pivot', why: 'drawing' }]);
  expect(hidden).toEqual([]);
});
