/** Numbers as text, exactly: no figure passes through a double that could not hold it. */

const MINUS = '−';

/** `-1234567.25` → `−1,234,567.25`. What is no plain decimal number (`1e+21`, `inf`) only gets the true minus. */
export function group(text: string): string {
  const negative = text.charCodeAt(0) === 45;
  const body = negative ? text.slice(1) : text;
  const sign = negative ? MINUS : '';
  const dot = body.indexOf('.');
  const whole = dot < 0 ? body : body.slice(0, dot);
  if (whole.length <= 3 || !/^\d+$/.test(whole)) return sign + body;
  let grouped = whole.slice(-3);
  for (let end = whole.length - 3; end > 0; end -= 3) grouped = `${whole.slice(Math.max(0, end - 3), end)},${grouped}`;
  return sign + grouped + (dot < 0 ? '' : body.slice(dot));
}

/** An unscaled integer with `scale` digits behind the point: (−5n, 3) → `-0.005`. */
export function decimalText(unscaled: bigint, scale: number): string {
  if (scale <= 0) return unscaled.toString();
  const negative = unscaled < 0n;
  const digits = (negative ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The shortest text that reads back as the same double. */
export function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** The shortest text that reads back as the same 32-bit float: `0.1`, not `0.10000000149011612`. */
export function floatText(value: number): string {
  if (!Number.isFinite(value) || value === 0) return doubleText(value);
  for (let digits = 1; digits < 9; digits += 1) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === value) return doubleText(text);
  }
  return doubleText(Number(value.toPrecision(9)));
}

/** Two's complement from little-endian 64-bit words. */
export function wideInteger(words: BigUint64Array, index: number, count: number): bigint {
  let value = 0n;
  for (let word = count - 1; word >= 0; word -= 1) value = (value << 64n) | words[index * count + word]!;
  return BigInt.asIntN(64 * count, value);
}
