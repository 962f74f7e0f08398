import { describe, expect, it } from 'vitest';
import { dataName, isDataName, tableName } from '../../../server/headless/file/names.ts';
import { scratchFolder } from '../../../server/headless/file/scratch.ts';
import { notebookText } from '../../../server/headless/file/text.ts';
import { languages } from '../../../server/programs.ts';
import { isFailure, parseNotebook } from '../../../server/storage/format/parse.ts';
import { refusePath } from '../../../server/workspace/paths.ts';

const ODD = [
  'a[1]*.csv',
  '.hidden.csv',
  'a/b.csv',
  `${'ü'.repeat(300)}.csv.gz`,
  'con.csv',
  '...csv',
  'a .csv',
  '\u0000.tsv',
  'x\ud800.csv',
];

describe('a file that is shown', () => {
  it('is known by its ending', () => {
    const shown = [
      'a.csv',
      'A.CSV',
      'a.tsv',
      'a.json',
      'a.jsonl',
      'a.ndjson',
      'a.parquet',
      'a.xlsx',
      'a.csv.gz',
      'a.jsonl.zst',
    ];
    expect(shown.filter((name) => !isDataName(name))).toEqual([]);
    expect(['a', 'a.txt', 'a.parquet.gz', 'a.nb.md', 'csv', 'a.csv/'].filter(isDataName)).toEqual([]);
  });

  it('gets a name that a workspace takes and no glob of the engine takes apart', () => {
    for (const name of ODD) {
      const made = dataName(name);
      expect(refusePath(`data/${made}`), made).toBeUndefined();
      expect(isDataName(made), made).toBe(true);
      expect(made).not.toMatch(/[*?[\]{}]/);
      expect(dataName(made)).toBe(made);
    }
    expect(dataName('Zürich 2024.csv')).toBe('Zürich 2024.csv');
  });

  it('gives its paragraph a name that needs no quotes', () => {
    const names = ['flights.csv', '2024 Sales.csv.gz', 'order.csv', 'Ünï.csv', '.csv', 'a-b.c.parquet'].map(tableName);
    expect(names).toEqual(['flights', 't_2024_sales', 't_order', 'n', 'data', 'a_b_c']);
  });

  it('has a notebook that parses, whatever it is called', () => {
    for (const name of [...ODD.map(dataName), "it's.csv", 'a`b``c.csv', '"q".csv'.replaceAll('"', '')]) {
      const parsed = parseNotebook(notebookText(name, `/home/\`${name}`), languages);
      if (isFailure(parsed)) throw new Error(parsed.message);
      expect(parsed.title).toBe(name);
      expect(parsed.blocks.map(({ interpreter }) => interpreter)).toEqual(['markdown', 'sql', 'markdown', 'sql']);
      expect(parsed.blocks[1]!.source).toBe(`from 'data/${name.replaceAll("'", "''")}'`);
    }
  });

  it('lies where the system keeps data of a user', () => {
    expect(scratchFolder({ XDG_DATA_HOME: '/x' }, 'linux', '/h')).toBe('/x/gondola/scratch');
    expect(scratchFolder({ XDG_DATA_HOME: 'relative' }, 'linux', '/h')).toBe('/h/.local/share/gondola/scratch');
    expect(scratchFolder({}, 'darwin', '/h')).toBe('/h/Library/Application Support/gondola/scratch');
  });
});
