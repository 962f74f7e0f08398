/** Places in texts: the engine counts bytes of UTF-8, JavaScript UTF-16 units, people lines and columns. */
export type Place = { readonly line: number; readonly column: number };

/** The UTF-16 offset of a byte offset. */
export function unitsOfBytes(text: string, bytes: number): number {
  let at = 0;
  let seen = 0;
  while (at < text.length && seen < bytes) {
    const point = text.codePointAt(at) ?? 0;
    seen += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    at += point < 0x10000 ? 1 : 2;
  }
  return at;
}

/** The same for many places of one text: read once. */
export function placesOfBytes(text: string): (bytes: number) => number {
  if (Buffer.byteLength(text) === text.length) return (bytes) => Math.min(bytes, text.length);
  let places: Uint32Array | undefined;
  return (bytes) => {
    places ??= readPlaces(text);
    return places[bytes] ?? text.length;
  };
}

/** By byte; one within a letter is the place behind it. */
function readPlaces(text: string): Uint32Array {
  const places = new Uint32Array(Buffer.byteLength(text));
  let byte = 0;
  for (let at = 0; at < text.length; ) {
    const point = text.codePointAt(at) ?? 0;
    const end = byte + (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);
    const next = at + (point < 0x10000 ? 1 : 2);
    places[byte] = at;
    places.fill(next, byte + 1, end);
    byte = end;
    at = next;
  }
  return places;
}

/** 1-based line and column of an offset. */
export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const line = before.split('\n').length;
  return { line, column: offset - (before.lastIndexOf('\n') + 1) + 1 };
}
