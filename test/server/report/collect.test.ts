import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../server/errors.ts';
import type { Json } from '../../../server/protocol/document.ts';
import type { ParagraphId, ResultId } from '../../../server/protocol/ids.ts';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import type { PivotSpec } from '../../../server/protocol/pivot.ts';
import { FILE_MOST, FILE_PICTURE, FILE_ROWS, FILE_TABLE } from '../../../server/protocol/report/file.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { collect, type Reader, type Shown } from '../../../server/report/collect.ts';
import { sizeOf } from '../../../server/report/page.ts';
import type { PictureFiles } from '../../../server/report/pictures.ts';
import type { WindowQuery } from '../../../server/results/contract.ts';

const signal = new AbortController().signal;
const columns = [
  { name: 'city', type: 'VARCHAR' },
  { name: 'delay', type: 'DOUBLE' },
  { name: 'secret', type: 'VARCHAR' },
];
const table = (rows: number): TableOutput => ({ kind: 'table', result: 'r' as ResultId, rows, bytes: 1, columns });
const answer: PivotAnswer = {
  matching: 2,
  rows: { fields: [{ column: 'city', type: 'VARCHAR' }], keys: [{ texts: ['Seoul'] }], of: 1 },
  columns: { fields: [], keys: [{ texts: [] }], of: 1 },
  values: [{ aggregate: 'count', type: 'BIGINT' }],
  cells: [['2']],
};

/** A reader of rows that are all alike, which keeps what it was asked. */
function reading(row: Record<string, unknown> = { city: 'Seoul', delay: 0.5, secret: 'SECRET' }) {
  const windows: WindowQuery[] = [];
  const pivots: { readonly spec: PivotSpec | undefined; readonly narrow: Narrow }[] = [];
  const results: Reader = {
    async window(_, query) {
      windows.push(query);
      const rows = Array.from({ length: Math.min(query.limit ?? 0, 5_000) }, () => row);
      return { contentType: 'application/json', body: Buffer.from(JSON.stringify(rows)) };
    },
    async chart() {
      throw new Error('no chart was asked for');
    },
    async pivot(_, spec, narrow) {
      pivots.push({ spec, narrow });
      return { contentType: 'application/json', body: Buffer.from(JSON.stringify(answer)) };
    },
  };
  return { results, windows, pivots };
}

const noPictures: PictureFiles = { open: async () => undefined };
const shown = (more: Partial<Shown>, outputs: readonly TableOutput[] = [table(2)]): Shown => ({
  id: 'a' as ParagraphId,
  interpreter: 'sql',
  place: 'across',
  run: { phase: { state: 'done', started: 1, ended: 2 }, outputs },
  ...more,
});
const gather = async (paragraphs: readonly Shown[], results: Reader, pictures = noPictures) =>
  collect(paragraphs, { results, pictures }, signal);

describe('rows', () => {
  it('are those that may be read; of what is hidden in the report nothing is asked', async () => {
    const { results, windows } = reading();
    const { paragraphs } = await gather([shown({ mayRead: () => false }), shown({ place: 'hidden' })], results);
    expect(paragraphs.map(({ outputs }) => outputs)).toEqual([[{ kind: 'left', what: 'table', why: 'drawing' }]]);
    expect(windows).toEqual([]);
  });

  it('stand as their writer laid them out, and hold no byte of what is hidden so', async () => {
    const { results, windows } = reading();
    const layout = {
      hidden: ['secret'],
      order: ['delay', 'city', 'secret'],
      formats: { delay: 'percent' },
      sort: ['-delay', 'gone'],
      filters: [{ column: 'secret', is: 'contains', text: 'NEEDLE' }],
    };
    const { paragraphs } = await gather([shown({ layout })], results);
    const [file] = paragraphs[0]?.outputs ?? [];
    expect(file).toMatchObject({
      columns: [columns[1], columns[0]],
      formats: ['percent', null],
      width: 2,
      narrowed: true,
    });
    expect(file?.kind === 'table' && file.rows[0]).toEqual([0.5, 'Seoul']);
    expect(JSON.stringify(paragraphs)).not.toMatch(/SECRET|NEEDLE|secret/);
    expect(windows[0]).toMatchObject({
      sort: [{ column: 'delay', descending: true }],
      narrow: { filters: [{ column: 'secret', is: 'contains', text: 'NEEDLE' }] },
    });
  });

  it('are shortened where they are too much, which is said, and once the file is full nothing more is read', async () => {
    const { results, windows } = reading({ city: 'x'.repeat(1_000), delay: 1, secret: '<'.repeat(1_000) });
    const many = Array.from({ length: 12 }, () => shown({}, [table(100_000)]));
    const { paragraphs } = await gather(many, results);
    const outputs = paragraphs.flatMap((one) => one.outputs);
    expect(sizeOf(paragraphs)).toBeLessThan(FILE_MOST * 1.01);
    for (const output of outputs) expect(sizeOf(output)).toBeLessThanOrEqual(FILE_TABLE);
    expect(outputs[0]).toMatchObject({ kind: 'table', short: true, more: true });
    expect(outputs.at(-1)).toEqual({ kind: 'left', what: 'table', why: 'size' });
    expect(windows.length).toBeLessThan(outputs.length);
  });

  it('are read in a part where all that is asked for is too much to be read', async () => {
    const { results } = reading();
    let destroyed = 0;
    const window: Reader['window'] = async (id, query, ...rest) => {
      if ((query.limit ?? 0) <= 51) return results.window(id, query, ...rest);
      const flood = new Readable({
        read() {
          this.push(Buffer.alloc(1_000_000, 32));
        },
        destroy(error, done) {
          destroyed += 1;
          done(error);
        },
      });
      return { contentType: 'application/json', body: flood };
    };
    const { paragraphs } = await gather([shown({}, [table(9_000)])], { ...results, window });
    const [file] = paragraphs[0]?.outputs ?? [];
    expect(file?.kind === 'table' && [file.rows.length, file.short, file.more]).toEqual([50, true, true]);
    expect(destroyed).toBe(1);
    expect(FILE_ROWS).toBe(1_000);
  });

  it('that are gone are said to be gone, and an abort ends it all', async () => {
    const { results } = reading();
    const gone: Reader = {
      ...results,
      window: async () => {
        throw new AppError('result-gone', 'r');
      },
    };
    const { paragraphs } = await gather([shown({})], gone);
    expect(paragraphs[0]?.outputs).toEqual([{ kind: 'left', what: 'table', why: 'gone' }]);
    const abort = AbortSignal.abort(new Error('asked to end'));
    await expect(collect([shown({})], { results: gone, pictures: noPictures }, abort)).rejects.toThrow('asked to end');
  });
});

it('dates of the notebook stand on the axes of time that cover them, and nowhere else', async () => {
  const day = 86_400_000;
  const line = {
    mark: 'line',
    rows: 2,
    x: { scale: 'time', values: [0, day], domain: [0, day] },
    y: { aggregate: 'count', values: [1, 2] },
    notes: [],
  };
  const results: Reader = {
    ...reading().results,
    chart: async () => ({ contentType: 'application/json', body: Buffer.from(JSON.stringify(line)) }),
  };
  const chart = { show: 'chart', mark: 'line', x: { column: 'city' }, y: { aggregate: 'count' } };
  const dates = [
    { from: day / 2, text: 'Launch' },
    { from: 9 * day, text: 'LATER' },
  ];
  const { paragraphs } = await collect([shown({ chart })], { results, pictures: noPictures, dates }, signal);
  expect(paragraphs[0]?.outputs).toMatchObject([
    { kind: 'drawing', answer: { annotations: [{ from: day / 2, text: 'Launch' }] } },
  ]);
  expect(JSON.stringify(paragraphs)).not.toContain('LATER');
});

describe('pivots', () => {
  const chart: Json = { show: 'pivot', pivot: { rows: [{ column: 'city' }], values: [{ aggregate: 'count' }] } };

  it('are asked for as the paragraph shows them, filters and all, and told without what they were filtered by', async () => {
    const { results, windows, pivots } = reading();
    const filters = [{ column: 'secret', is: 'equals', text: 'NEEDLE' }];
    const saved = { show: 'pivot', pivot: { rows: [{ column: 'city' }], values: [], filters } };
    const { paragraphs } = await gather([shown({ chart: saved, mayRead: () => false })], results);
    expect(paragraphs[0]?.outputs).toMatchObject([{ kind: 'pivot', answer, total: 2 }]);
    expect(pivots).toMatchObject([{ spec: { rows: [{ column: 'city' }] }, narrow: { filters } }]);
    expect(windows).toEqual([]);
    expect(JSON.stringify(paragraphs)).not.toMatch(/NEEDLE|secret/);
  });

  it('follow the filters of their table where rows may be read, and only there', async () => {
    const { results, pivots } = reading();
    const layout = { filters: [{ column: 'city', is: 'equals', text: 'Seoul' }] };
    await gather([shown({ chart, layout }), shown({ chart, layout, mayRead: () => false })], results);
    expect(pivots.map(({ narrow }) => narrow.filters.length)).toEqual([1, 0]);
  });

  it('whose filters fit no more are not drawn: they would show rows that were not to count', async () => {
    const { results, pivots } = reading();
    const filters = [{ column: 'gone', is: 'null' }];
    const saved = { show: 'pivot', pivot: { rows: [{ column: 'city' }], filters } };
    const { paragraphs } = await gather([shown({ chart: saved })], results);
    expect([paragraphs[0]?.outputs, pivots]).toEqual([[{ kind: 'left', what: 'pivot', why: 'drawing' }], []]);
  });
});

describe('pictures', () => {
  const PNG = Buffer.from('89504e470d0a1a0a', 'hex');
  const files: PictureFiles = {
    open: async (name) => (name === 'map.png' ? { content: Readable.from([PNG]), bytes: PNG.length } : undefined),
  };
  const prose = (source: string, more: Partial<Shown> = {}): Shown => {
    const { run: _, ...rest } = shown({ interpreter: 'markdown', source, ...more });
    return rest;
  };

  it('that prose shows are in the file once, those that are not there are said to be absent', async () => {
    const text =
      '![a](data/map.png) ![b](./data/map.png "x")\n\n![c](data/none.png) ![d](https://example.com/data/e.png)';
    const { pictures } = await gather([prose(text), prose(text)], reading().results, files);
    expect(pictures).toEqual([
      ['map.png', { type: 'image/png', data: PNG.toString('base64') }],
      ['none.png', { left: 'absent' }],
    ]);
  });

  it('are what the prose names as its writers left it, whatever it is filled with', async () => {
    const filled = prose('![a](data/map.png)', { pictured: '![a](data/${name}.png)' });
    const { pictures } = await gather([filled], reading().results, files);
    expect(pictures.map(([name]) => name)).not.toContain('map.png');
  });

  it('that have no room are not read, and said to be left out', async () => {
    const photo = Buffer.concat([PNG, Buffer.alloc(FILE_PICTURE - PNG.length)]);
    let reads = 0;
    const large: PictureFiles = {
      open: async () => ({
        bytes: photo.length,
        content: new Readable({
          read() {
            reads += 1;
            this.push(photo);
            this.push(null);
          },
        }),
      }),
    };
    const text = Array.from({ length: 40 }, (_, at) => `![x](data/${at}.png)`).join(' ');
    const { pictures } = await gather([prose(text)], reading().results, large);
    const held = pictures.filter(([, picture]) => 'data' in picture).length;
    expect([held, pictures.length, reads]).toEqual([3, 40, 3]);
  });
});
