/** Offsets in UTF-16 units as lines and columns, 1-based. */
export type Place = { readonly line: number; readonly column: number };

export function placeOf(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const start = Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  return { line: (before.match(LINE_END)?.length ?? 0) + 1, column: offset - start + 1 };
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;

/** A range that ends in its line. */
export function span(text: string, start: number, end: number): Place & { readonly length?: number } {
  const at = Math.min(start, text.length);
  const line = text.slice(at, Math.max(at, end)).split(/[\n\r]/)[0]!;
  return { ...placeOf(text, at), ...(line.length > 0 ? { length: line.length } : {}) };
}

/** Where a line and column lie; past the end of a line its end. */
export function offsetOf(text: string, line: number, column: number): number {
  let start = 0;
  for (let at = 1; at < line; at += 1) {
    LINE_END.lastIndex = start;
    const found = LINE_END.exec(text);
    LINE_END.lastIndex = 0;
    if (!found) return text.length;
    start = found.index + found[0].length;
  }
  return Math.min(text.length, start + column - 1);
}
