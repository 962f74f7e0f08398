/** Our workbooks in other hands: what openpyxl reads of them. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { missing } from '../../../support/missing.ts';
import { bytesOf, openBench } from '../support.ts';

const READ = `
import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1])
for row in book.active.iter_rows(values_only=True): print(repr(row))
print(book.active.freeze_panes, book.active['A1'].font.b)`;

/** Debian's own, which has Debian's packages, or any. */
const python = ['/usr/bin/python3', 'python3'].find((one) => spawnSync(one, ['-c', 'import openpyxl']).status === 0);
if (python === undefined) missing('openpyxl (Debian: python3-openpyxl), to read workbooks with');

it.skipIf(python === undefined)('a workbook has its values, types and head in openpyxl, too', async () => {
  const bench = await openBench();
  try {
    const owner = await bench.keep(
      "select 1 as n, 0.1::double as x, date '2024-02-29' as d, timestamp '2024-02-29 12:00:00' as t, time '08:30:00' as c, true as b, ' a&b ' as s, null as z, 9007199254740993 as big",
    );
    const path = join(bench.root, 'book.xlsx');
    writeFileSync(path, await bytesOf(bench.results, owner.id, { format: 'xlsx' }));
    const { stdout, stderr } = spawnSync(python!, ['-c', READ, path], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      "('n', 'x', 'd', 't', 'c', 'b', 's', 'z', 'big')",
      "(1, 0.1, datetime.datetime(2024, 2, 29, 0, 0), datetime.datetime(2024, 2, 29, 12, 0), datetime.time(8, 30), True, ' a&b ', None, '9007199254740993')",
      'A2 True',
    ]);
  } finally {
    await bench.close();
  }
});
