import { join } from 'node:path';
import { expect, it } from 'vitest';
import { filePolicy, inScript, openReportPages } from '../../../server/report/page.ts';

const pages = openReportPages(join(import.meta.dirname, '../../fixtures/report'));

it('holds what people wrote as JSON in which no tag can be found', async () => {
  const hostile = '</script><!--<script>&\u2028';
  expect(inScript(hostile)).not.toMatch(/[<>&\u2028]/);
  expect(JSON.parse(inScript(hostile))).toBe(hostile);
  const html = await pages.page({
    title: '<b>"t"</b>',
    layout: { width: 'wide' },
    values: [],
    paragraphs: [],
    pictures: [],
  });
  expect(html).toContain('<title>&lt;b&gt;&quot;t&quot;&lt;/b&gt;</title>');
});

it('lets nothing run but its own scripts, and nothing be fetched', async () => {
  const policy = filePolicy(await pages.hashes());
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+';/);
  expect(policy).not.toMatch(/https?:|\*|'self'|unsafe-eval/);
});
