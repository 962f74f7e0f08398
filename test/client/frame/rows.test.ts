import {
  bool,
  columnFromArray,
  dateDay,
  decimal,
  int64,
  TimeUnit,
  tableFromColumns,
  tableToIPC,
  timestamp,
  utf8,
} from '@uwdata/flechette';
import { expect, it } from 'vitest';
import { rowsOf } from '../../../client/frame/rows.ts';

it('makes rows of an Arrow stream, times as the clock on the wall said', () => {
  const at = Date.UTC(2015, 6, 1, 13, 45, 30, 250);
  const table = tableFromColumns({
    n: columnFromArray([1n, null, 2n ** 60n], int64()),
    price: columnFromArray([1.25, 2.5, null], decimal(18, 2)),
    day: columnFromArray([new Date(Date.UTC(2015, 0, 31)), null, new Date(Date.UTC(50, 0, 1))], dateDay()),
    wall: columnFromArray([at, at, null], timestamp(TimeUnit.MICROSECOND)),
    zoned: columnFromArray([at, at, null], timestamp(TimeUnit.MICROSECOND, 'Asia/Seoul')),
    ok: columnFromArray([true, false, null], bool()),
    city: columnFromArray(['서울', '', null], utf8()),
  });
  const rows = rowsOf(tableToIPC(table, { format: 'stream' })!.slice().buffer as ArrayBuffer);
  expect(rows).toHaveLength(3);
  const parts = (value: unknown) => {
    const date = value as Date;
    return [date.getFullYear(), date.getMonth(), date.getDate(), date.getHours(), date.getMinutes()];
  };
  const [first, second, third] = rows;
  expect(first).toMatchObject({ n: 1, price: 1.25, ok: true, city: '서울' });
  expect(parts(first!.day)).toEqual([2015, 0, 31, 0, 0]);
  expect(parts(first!.wall)).toEqual([2015, 6, 1, 13, 45]);
  expect(parts(first!.zoned)).toEqual([2015, 6, 1, 22, 45]);
  expect(second).toMatchObject({ n: null, day: null, city: '' });
  expect(third).toMatchObject({ n: 2 ** 60, price: null, wall: null, ok: null, city: null });
});

it('takes any name of a column as a name', () => {
  const names = ['__proto__', 'constructor', 'toString', 'a.b[0]', '"'];
  const table = tableFromColumns(names.map((name, index) => [name, columnFromArray([String(index)], utf8())]));
  const [row] = rowsOf(tableToIPC(table, { format: 'stream' })!.slice().buffer as ArrayBuffer);
  expect(Object.entries(row!)).toEqual(names.map((name, index) => [name, String(index)]));
  expect(Object.getPrototypeOf(row)).toBe(Object.prototype);
});
