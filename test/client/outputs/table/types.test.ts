import { describe, expect, it } from 'vitest';
import { isGrouped } from '../../../../client/outputs/table/types.ts';
import { kindOf } from '../../../../server/protocol/table/kinds.ts';

describe('types', () => {
  it.each([
    ['INTEGER', 'number'],
    ['UBIGINT', 'number'],
    ['HUGEINT', 'number'],
    ['UHUGEINT', 'number'],
    ['BIGNUM', 'number'],
    ['DECIMAL(18,3)', 'number'],
    ['DOUBLE', 'number'],
    ['FLOAT', 'number'],
    ['DATE', 'time'],
    ['TIMESTAMP', 'time'],
    ['TIMESTAMP_NS', 'time'],
    ['TIMESTAMP WITH TIME ZONE', 'time'],
    ['TIME WITH TIME ZONE', 'time'],
    ['INTERVAL', 'time'],
    ['VARCHAR', 'text'],
    ['UUID', 'text'],
    ['BIT', 'text'],
    ["ENUM('DATE', 'INTEGER[]')", 'text'],
    ['BOOLEAN', 'boolean'],
    ['BLOB', 'blob'],
    ['INTEGER[]', 'list'],
    ['DOUBLE[3]', 'list'],
    ['STRUCT(a INTEGER)[]', 'list'],
    ['STRUCT(a INTEGER[])', 'record'],
    ['MAP(VARCHAR, INTEGER)', 'record'],
    ['UNION(num INTEGER, str VARCHAR)', 'record'],
    ['JSON', 'record'],
    ['"NULL"', 'null'],
  ])('%s is of kind %s', (type, kind) => expect(kindOf(type)).toBe(kind));

  it('figures are grouped, years and ids are not', () => {
    expect(['distance', 'year', 'order_id', 'Zip', 'valid', 'paid'].map((name) => isGrouped(name, 'number'))).toEqual([
      true,
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});
