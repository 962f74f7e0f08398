/** What a file draws of itself: pivots, tables as their writer laid them out, pictures, and what it says of what it lacks. */
import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FilePage } from '../../../client/report/file/FilePage.tsx';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { FileOutput, FilePivot, ReportFile } from '../../../server/protocol/report/file.ts';

// Frames are drawn by a browser alone (report.system.test.ts).
vi.mock('../../../client/outputs/frame/Framed.tsx', () => ({ Framed: () => <div class="framed" /> }));
vi.mock('../../../client/outputs/frame/data.ts', () => ({}));

beforeEach(() => {
  vi.stubGlobal('IntersectionObserver', undefined);
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const fileOf = (outputs: readonly FileOutput[], more: Partial<ReportFile> = {}): ReportFile => ({
  title: 'Delays',
  layout: { width: 'wide' },
  values: [],
  pictures: [],
  paragraphs: [{ id: 'a' as ParagraphId, interpreter: 'sql', place: 'across', outputs }],
  ...more,
});
const prose = (source: string): ReportFile['paragraphs'] => [
  { id: 'p' as ParagraphId, interpreter: 'markdown', place: 'across', source, outputs: [] },
];
const texts = (selector: string): readonly (string | null)[] =>
  [...document.querySelectorAll(selector)].map(({ textContent }) => textContent);

const pivot: FilePivot = {
  kind: 'pivot',
  total: 9,
  spec: {
    rows: [{ column: 'carrier' }],
    columns: [{ column: 'day', unit: 'month' }],
    values: [{ column: 'seats', aggregate: 'sum' }],
  },
  answer: {
    matching: 9,
    rows: { fields: [{ column: 'carrier', type: 'VARCHAR' }], keys: [{ texts: ['<b>AA'] }, { texts: ['DL'] }], of: 2 },
    columns: {
      fields: [{ column: 'day', unit: 'month', type: 'DATE' }],
      keys: [{ texts: ['2015-01-01'] }, { texts: ['2015-02-01'] }],
      of: 2,
    },
    values: [{ column: 'seats', aggregate: 'sum', type: 'HUGEINT' }],
    cells: [
      ['1234', null],
      ['99', '1200'],
    ],
    rowTotals: [['1234'], ['1299']],
    columnTotals: ['1333', '1200'],
    grand: ['2533'],
  },
};

it('shows a pivot with its totals, sorted by a click on its figures', () => {
  render(() => <FilePage report={fileOf([pivot])} />);
  expect(texts('caption')).toEqual(['sum of seats by carrier × day by month']);
  expect(texts('tbody tr')).toEqual(['<b>AA1,2341,234', 'DL991,2001,299']);
  expect(texts('tfoot td')).toEqual(['1,333', '1,200', '2,533']);
  fireEvent.click(screen.getByRole('button', { name: '2015-01' }));
  expect(texts('tbody th')).toEqual(['DL', '<b>AA']);
  expect(document.querySelector('[aria-sort="ascending"]')?.textContent).toBe('2015-01');
  fireEvent.click(screen.getByRole('button', { name: '2015-02' }));
  expect(texts('tbody th')).toEqual(['DL', '<b>AA']);
  expect(texts('tfoot td')).toEqual(['1,333', '1,200', '2,533']);
});

it('prints of a wide pivot what fits a page, and says how much that is', () => {
  const keys = Array.from({ length: 30 }, (_, at) => ({ texts: [`${2000 + at}-01-01`] }));
  const { answer } = pivot;
  const wide: FilePivot = {
    ...pivot,
    answer: {
      ...answer,
      columns: { ...answer.columns, keys, of: 30 },
      cells: answer.cells.map(() => keys.map(() => '1')),
      columnTotals: keys.map(() => '2'),
    },
  };
  render(() => <FilePage report={{ ...fileOf([wide]), paper: 'given' }} />);
  expect(document.querySelectorAll('tbody tr:first-child td').length).toBe(11);
  expect(document.querySelectorAll('thead tr:last-child th').length).toBe(12);
  expect(texts('.file-note').join()).toContain('The first 11 of 31 columns are printed');
});

it('reads a table as its writer wants it read, and tells what is short', () => {
  const columns = ['share', 'page', 'year', 'rows'].map((name) => ({
    name,
    type: name === 'page' ? 'VARCHAR' : name === 'share' ? 'DOUBLE' : 'BIGINT',
  }));
  const rows = [
    [0.125, 'https://example.com/a', 2015, -1234567],
    [0.5, 'javascript:alert(1)', 2016, null],
  ];
  const table: FileOutput = {
    kind: 'table',
    columns,
    formats: ['percent', 'link', null, null],
    rows,
    total: 90,
    width: 4,
    narrowed: true,
    more: true,
    short: true,
  };
  render(() => <FilePage report={fileOf([table, { kind: 'left', what: 'table', why: 'size' }])} />);
  expect(texts('tbody tr')).toEqual(['12.5 %https://example.com/a2015−1,234,567', '50 %javascript:alert(1)2016null']);
  expect([...document.querySelectorAll('td a')].map((link) => link.getAttribute('href'))).toEqual([
    'https://example.com/a',
  ]);
  expect(texts('.file-note span').slice(0, 2)).toEqual([
    'The first 2 of those of 90 rows that its filters leave',
    'Shortened, as the file was full.',
  ]);
  expect(texts('.file-left')).toEqual(['This table had no room in the file']);
  expect(texts('.file-foot').join()).toContain('2 results are shortened or left out');
});

it('shows pictures that it holds, and says which it does not', () => {
  const paragraphs = prose(
    '![map](data/map.png)\n\n![x](data/none.png)\n\n![y](data/wide.png)\n\n![z](other/data/z.png)\n\n![s](data/s.svg)',
  );
  const vast = Buffer.alloc(24);
  Buffer.from('89504e470d0a1a0a', 'hex').copy(vast);
  vast.writeUInt32BE(100_000, 16);
  vast.writeUInt32BE(100_000, 20);
  render(() => (
    <FilePage
      report={fileOf([], {
        paragraphs,
        pictures: [
          ['map.png', { type: 'image/png', data: 'AAAA' }],
          ['none.png', { left: 'absent' }],
          ['wide.png', { type: 'image/png', data: vast.toString('base64') }],
          ['s.svg', { type: 'image/svg+xml', data: 'AAAA' }],
        ],
      })}
    />
  ));
  const pictures = [...document.querySelectorAll('.reading > p > img')];
  expect(pictures.map((one) => [one.getAttribute('src'), one.getAttribute('alt')])).toEqual([
    ['data:image/png;base64,AAAA', 'map'],
  ]);
  expect(texts('.picture-missing')).toEqual([
    'There is no picture “none.png”',
    'The picture “wide.png” was too large for this file',
    'The picture “other/data/z.png” is not in this file',
  ]);
  // SVG is drawn in a frame of its own.
  expect(document.querySelectorAll('[data-vector="s.svg"] .framed').length).toBe(1);
  expect(document.querySelectorAll('img').length).toBe(1);
});
