import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText, doubleText, floatText, group, wideInteger } from '../../../../client/outputs/table/numbers.ts';

describe('grouped figures', () => {
  it.each([
    ['0', '0'],
    ['999', '999'],
    ['1000', '1,000'],
    ['-1234567.25', '−1,234,567.25'],
    ['170141183460469231731687303715884105727', '170,141,183,460,469,231,731,687,303,715,884,105,727'],
    ['1e+21', '1e+21'],
    ['-inf', '−inf'],
    ['nan', 'nan'],
    ['0.000001', '0.000001'],
  ])('%s reads %s', (text, shown) => expect(group(text)).toBe(shown));

  it('keep every digit', () => {
    fc.assert(
      fc.property(fc.bigInt(), (value) => {
        expect(BigInt(group(value.toString()).replaceAll(',', '').replace('−', '-'))).toBe(value);
      }),
    );
  });
});

describe('exact numbers', () => {
  it('decimals keep their scale', () => {
    expect(decimalText(-5n, 3)).toBe('-0.005');
    expect(decimalText(123456n, 2)).toBe('1234.56');
    expect(decimalText(0n, 2)).toBe('0.00');
    expect(decimalText(12n, 0)).toBe('12');
  });

  it('doubles and floats are the shortest text that reads back the same', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(Number(doubleText(value)), value),
      ),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), (value) =>
        Object.is(Math.fround(Number(floatText(value))), value),
      ),
    );
    expect(floatText(Math.fround(0.1))).toBe('0.1');
    expect(doubleText(-0)).toBe('-0');
  });

  it('128-bit integers keep their sign', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }), (value) => {
        const words = new BigUint64Array([BigInt.asUintN(64, value), BigInt.asUintN(64, value >> 64n)]);
        expect(wideInteger(words, 0, 2)).toBe(value);
      }),
    );
  });
});
