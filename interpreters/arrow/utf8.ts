/** UTF-8 without TextEncoder and TextDecoder, which an isolate does not have. Ill-formed text becomes U+FFFD, as theirs does. */

const REPLACEMENT = 0xfffd;
/** Code units given to `fromCharCode` at once: far below what a call takes as arguments. */
const PIECE = 4096;

/** Bytes that `text` takes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    bytes += unit < 0x800 ? 1 : 2;
    if (isLead(unit) && isTrail(text.charCodeAt(index + 1))) index += 1;
  }
  return bytes;
}

/** Writes `text` at `at` and returns the place behind it. The target must be long enough. */
export function writeUtf8(text: string, target: Uint8Array, at: number): number {
  let place = at;
  for (let index = 0; index < text.length; index += 1) {
    let point = text.charCodeAt(index);
    if (point < 0x80) {
      target[place++] = point;
      continue;
    }
    if (point < 0x800) {
      target[place++] = 0xc0 | (point >> 6);
      target[place++] = 0x80 | (point & 0x3f);
      continue;
    }
    if (isLead(point) && isTrail(text.charCodeAt(index + 1))) {
      point = 0x10000 + ((point - 0xd800) << 10) + (text.charCodeAt(index + 1) - 0xdc00);
      index += 1;
      target[place++] = 0xf0 | (point >> 18);
      target[place++] = 0x80 | ((point >> 12) & 0x3f);
    } else {
      if (point >= 0xd800 && point < 0xe000) point = REPLACEMENT;
      target[place++] = 0xe0 | (point >> 12);
    }
    target[place++] = 0x80 | ((point >> 6) & 0x3f);
    target[place++] = 0x80 | (point & 0x3f);
  }
  return place;
}

export function encodeUtf8(text: string): Uint8Array {
  const bytes = new Uint8Array(utf8Length(text));
  writeUtf8(text, bytes, 0);
  return bytes;
}

/** The text of `bytes` from `start` to `end`. */
export function decodeUtf8(bytes: Uint8Array, start = 0, end = bytes.length): string {
  let text = '';
  let at = start;
  // Short ASCII, which is most of what tables hold, needs no array.
  while (at < end && end - start <= 24 && bytes[at]! < 0x80) text += String.fromCharCode(bytes[at++]!);
  if (at === end) return text;
  const units: number[] = [];
  while (at < end) {
    at = readPoint(bytes, at, end, units);
    if (units.length >= PIECE) text += String.fromCharCode(...units.splice(0));
  }
  return text + String.fromCharCode(...units);
}

/** Appends the units of one code point and returns the place behind it; a broken sequence is one replacement. */
function readPoint(bytes: Uint8Array, at: number, end: number, units: number[]): number {
  const first = bytes[at]!;
  if (first < 0x80) {
    units.push(first);
    return at + 1;
  }
  const more =
    first >= 0xf0 && first < 0xf5 ? 3 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xc2 && first < 0xe0 ? 1 : 0;
  let point = more === 3 ? first & 0x07 : more === 2 ? first & 0x0f : first & 0x1f;
  let place = at + 1;
  for (let index = 0; index < more; index += 1) {
    const byte = place < end ? bytes[place]! : 0;
    if ((byte & 0xc0) !== 0x80 || !follows(first, byte, index)) break;
    point = (point << 6) | (byte & 0x3f);
    place += 1;
  }
  if (more === 0 || place !== at + 1 + more) units.push(REPLACEMENT);
  else if (point < 0x10000) units.push(point);
  else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + (point & 0x3ff));
  return place;
}

/** The second byte also excludes surrogates, overlong forms and what lies past U+10FFFF. */
function follows(first: number, byte: number, index: number): boolean {
  if (index > 0) return true;
  if (first === 0xe0) return byte >= 0xa0;
  if (first === 0xed) return byte < 0xa0;
  if (first === 0xf0) return byte >= 0x90;
  if (first === 0xf4) return byte < 0x90;
  return true;
}

const isLead = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
const isTrail = (unit: number): boolean => unit >= 0xdc00 && unit < 0xe000;
