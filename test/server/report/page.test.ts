import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { FileOutput } from '../../../server/protocol/report/file.ts';
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

it('holds what draws charts only where there is one, and land only under a map', async () => {
  const drawing = (mark: 'bar' | 'map'): FileOutput => ({
    kind: 'drawing',
    chart: { mark },
    answer: {
      mark,
      rows: 0,
      x: { scale: 'number', values: [], domain: [0, 0] },
      y: { aggregate: 'none', values: [] },
      notes: [],
    },
    columns: [],
    total: 0,
  });
  const spec: FileOutput = { kind: 'spec', spec: '{}', tables: [] };
  const parts = async (...outputs: readonly FileOutput[]): Promise<readonly boolean[]> => {
    const html = await pages.page({
      title: 't',
      layout: { width: 'wide' },
      values: [],
      paragraphs: [{ id: 'a' as ParagraphId, interpreter: 'sql', place: 'across', outputs }],
      pictures: [],
    });
    return ['id="painter"', 'gondolaDrawing', 'id="land"'].map((part) => html.includes(part));
  };
  expect(await parts()).toEqual([false, false, false]);
  expect(await parts(spec)).toEqual([true, false, false]);
  expect(await parts(drawing('bar'))).toEqual([false, true, false]);
  expect(await parts(drawing('map'), spec)).toEqual([true, true, true]);
});

it('lets nothing run but its own scripts, and nothing be fetched', async () => {
  const policy = filePolicy(await pages.hashes());
  expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-[^']+' 'sha256-[^']+' 'sha256-[^']+';/);
  expect(policy).not.toMatch(/https?:|\*|'self'|unsafe-eval/);
});
