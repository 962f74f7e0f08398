// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what this reads
/**
 * Terminal text: colours and weights (SGR) become data, every other control sequence is left out. A carriage return
 * writes over its line as a terminal does, and a backspace over a letter, so that progress bars and spinners show their
 * last state. Nothing here makes markup.
 */
export type Style = {
  readonly color?: Color;
  readonly background?: Color;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly strike?: true;
  readonly inverse?: true;
};

/** 0–15: the palette of the page, so that both themes can be read; else a colour of its own. */
export type Color = number | `#${string}`;
export type Span = { readonly text: string; readonly style: Style };

const PLAIN: Style = {};
// CSI … final byte; OSC … BEL or ST; other two-byte escapes; an escape cut off by the end.
const SEQUENCE =
  /\u001b\[([0-?]*)[ -/]*([@-~])|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]|\u001b.?/g;
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/g;

export function parseAnsi(text: string): Span[] {
  const source = overwrite(text);
  if (!source.includes('\u001b')) return source === '' ? [] : [{ text: source.replace(UNSEEN, ''), style: PLAIN }];
  const spans: Span[] = [];
  let style = PLAIN;
  let from = 0;
  const push = (end: number): void => {
    const piece = source.slice(from, end).replace(UNSEEN, '');
    const last = spans.at(-1);
    if (piece === '') return;
    if (last && last.style === style) spans[spans.length - 1] = { text: last.text + piece, style };
    else spans.push({ text: piece, style });
  };
  for (const match of source.matchAll(SEQUENCE)) {
    push(match.index);
    from = match.index + match[0].length;
    if (match[2] === 'm') style = apply(style, match[1] ?? '');
  }
  push(source.length);
  return spans;
}

/** `50%\r100%` → `100%`: what comes after a carriage return replaces the line so far, as far as it reaches. */
function overwrite(text: string): string {
  if (!text.includes('\r') && !text.includes('\b')) return text;
  return text
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => {
      if (!line.includes('\r') && !line.includes('\b')) return line;
      let shown = '';
      for (const back of line.split('\r')) {
        const piece = withoutBacked(back);
        const exact = !piece.includes('\u001b') && !shown.includes('\u001b');
        if (piece !== '') shown = exact ? piece + shown.slice(piece.length) : piece;
      }
      return shown;
    })
    .join('\n');
}

/** `|\b/\b-` → `-`: what is written after backspaces stands in place of as many letters. */
function withoutBacked(text: string): string {
  if (!text.includes('\b')) return text;
  let shown = '';
  for (const piece of text.split(/(\u0008+)/)) {
    if (piece.startsWith('\b')) shown = shown.slice(0, Math.max(0, shown.length - piece.length));
    else shown += piece;
  }
  return shown;
}

function apply(style: Style, parameters: string): Style {
  // `38:2::r:g:b`: with colons a colour may name its space, which is left out as by all others.
  const plain = parameters.replace(/([34]8:2):[^:;]*:(?=\d+:\d+:\d+)/g, '$1:');
  const codes = plain === '' ? [0] : plain.split(/[;:]/).map((code) => Number(code) || 0);
  let next: { -readonly [Key in keyof Style]: Style[Key] } = { ...style };
  for (let index = 0; index < codes.length; index += 1) {
    const code = codes[index]!;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 9) next.strike = true;
    else if (code === 22) {
      delete next.bold;
      delete next.dim;
    } else if (code === 23) delete next.italic;
    else if (code === 24) delete next.underline;
    else if (code === 27) delete next.inverse;
    else if (code === 29) delete next.strike;
    else if (code >= 30 && code <= 37) next.color = code - 30;
    else if (code >= 90 && code <= 97) next.color = code - 82;
    else if (code === 39) delete next.color;
    else if (code >= 40 && code <= 47) next.background = code - 40;
    else if (code >= 100 && code <= 107) next.background = code - 92;
    else if (code === 49) delete next.background;
    else if (code === 38 || code === 48) {
      const [color, used] = extended(codes, index + 1);
      index += used;
      if (color !== undefined && code === 38) next.color = color;
      else if (color !== undefined) next.background = color;
    }
  }
  return next;
}

/** `5;n` or `2;r;g;b`: the colour and how many codes it took. */
function extended(codes: readonly number[], from: number): [Color | undefined, number] {
  if (codes[from] === 5) return [indexed(codes[from + 1] ?? 0), 2];
  if (codes[from] === 2) return [hex(codes[from + 1] ?? 0, codes[from + 2] ?? 0, codes[from + 3] ?? 0), 4];
  return [undefined, 0];
}

function indexed(index: number): Color | undefined {
  if (index < 0 || index > 255) return undefined;
  if (index < 16) return index;
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return hex(grey, grey, grey);
  }
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40);
  const cube = index - 16;
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

const hex = (red: number, green: number, blue: number): Color =>
  `#${[red, green, blue].map((part) => Math.min(255, part).toString(16).padStart(2, '0')).join('')}`;
