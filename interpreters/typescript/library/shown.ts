/** What can be shown but a table: HTML, Markdown, pictures, charts. They show as the last expression, or by `display`. */
import { type Field, fieldsOf, strangeField } from '../../chart-fields.ts';
import { type ImageType, MAX_CHART_ROWS, MAX_OUTPUT_CHARACTERS, type OutputEvent } from '../../protocol.ts';
import { render } from '../lambda/pieces.ts';
import { type Call, callOf, fail, failureIn, LibraryError, locate } from './failures.ts';
import { DataFrame, frameOf } from './frame.ts';
import { known } from './names.ts';
import { print } from './relation.ts';
import type { Session } from './session.ts';

/** Something to show, made before it is known where. */
export class Displayable {
  readonly #show: () => Promise<OutputEvent>;
  constructor(show: () => Promise<OutputEvent>) {
    this.#show = show;
  }
  static output(value: unknown): (() => Promise<OutputEvent>) | undefined {
    return typeof value === 'object' && value !== null && #show in value ? value.#show : undefined;
  }
}

/** Text that is HTML already, so that templates nest. */
export class Html extends Displayable {
  readonly #text: string;
  constructor(text: string, call: Call) {
    super(async () => {
      fits(text, 'HTML', call);
      return { kind: 'html', html: text };
    });
    this.#text = text;
  }
  override toString(): string {
    return this.#text;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? sign);

/** `html\`<b>${name}</b>\`` escapes its values, but not HTML of ours and lists of it; `html(text)` takes it as it is. */
export function html(first: unknown, ...values: readonly unknown[]): Html {
  const call = callOf('html', html);
  if (typeof first === 'string') return new Html(first, call);
  return new Html(
    template(first, values, (value) => piece(value), call, 'html'),
    call,
  );
}

const piece = (value: unknown): string =>
  value instanceof Html
    ? value.toString()
    : Array.isArray(value)
      ? value.map(piece).join('')
      : value === null || value === undefined || value === false
        ? ''
        : escaped(String(value));

export function markdown(first: unknown, ...values: readonly unknown[]): Displayable {
  const call = callOf('markdown', markdown);
  const text = typeof first === 'string' ? first : template(first, values, String, call, 'markdown');
  return new Displayable(async () => {
    fits(text, 'Markdown', call);
    return { kind: 'markdown', text };
  });
}

function template(
  first: unknown,
  values: readonly unknown[],
  form: (value: unknown) => string,
  call: Call,
  verb: string,
): string {
  if (!Array.isArray(first)) throw fail('argument', `${verb}() takes a text or a template.`, { call });
  return first.map((text, index) => String(text) + (index < values.length ? form(values[index]) : '')).join('');
}

function fits(text: string, what: string, call: Call): void {
  if (text.length <= MAX_OUTPUT_CHARACTERS) return;
  throw fail(
    'too-large',
    `This ${what} has ${millions(text.length)} million characters; ${millions(MAX_OUTPUT_CHARACTERS)} million can be shown.`,
    { call },
    { hint: 'Show a part of it.' },
  );
}
const millions = (count: number): string => (count / 1e6).toFixed(1);

const PICTURES: readonly { readonly type: ImageType; readonly starts: readonly number[]; readonly at?: number }[] = [
  { type: 'image/png', starts: [0x89, 0x50, 0x4e, 0x47] },
  { type: 'image/jpeg', starts: [0xff, 0xd8, 0xff] },
  { type: 'image/gif', starts: [0x47, 0x49, 0x46, 0x38] },
  { type: 'image/webp', starts: [0x57, 0x45, 0x42, 0x50], at: 8 },
];

export function createImage(session: Session) {
  return function image(source: unknown, options: { readonly alt?: string } = {}): Displayable {
    const call = callOf('image', image);
    if (typeof source !== 'string' && !(source instanceof Uint8Array) && !(source instanceof ArrayBuffer)) {
      throw fail('argument', "image() takes bytes, or a file: image('data/logo.png').", { call });
    }
    return new Displayable(async () => {
      const bytes = await bytesOf(session, source, call);
      const type = typeOf(bytes);
      if (!type)
        throw fail('file-unreadable', 'This is no PNG, JPEG, GIF, WebP or SVG.', {
          call,
          ...(typeof source === 'string' ? { word: source } : {}),
        });
      const data = base64(bytes);
      fits(data, 'picture', call);
      return { kind: 'image', type, data, ...(options.alt === undefined ? {} : { alt: String(options.alt) }) };
    });
  };
}

async function bytesOf(session: Session, source: string | Uint8Array | ArrayBuffer, call: Call): Promise<Uint8Array> {
  if (typeof source !== 'string') return new Uint8Array(source);
  try {
    return new Uint8Array(await session.host.readFile(source));
  } catch (error) {
    const failure = failureIn(error);
    if (failure) throw new LibraryError(locate(failure, { call, word: source }));
    throw fail('file-not-found', `There is no file ${source}.`, { call, word: source });
  }
}

function typeOf(bytes: Uint8Array): ImageType | undefined {
  const found = PICTURES.find(({ starts, at = 0 }) => starts.every((byte, index) => bytes[at + index] === byte));
  if (found) return found.type;
  const head = String.fromCharCode(...bytes.subarray(0, 1000));
  return /^\s*(<\?xml[\s\S]*?)?(<!--[\s\S]*?-->\s*)*(<!DOCTYPE svg[\s\S]*?>\s*)?<svg[\s>]/.test(
    head.replace(/^\u00ef\u00bb\u00bf/, ''),
  )
    ? 'image/svg+xml'
    : undefined;
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]];
    parts.push(
      LETTERS[a >> 2]! +
        LETTERS[((a & 3) << 4) | (b >> 4)]! +
        (at + 1 < bytes.length ? LETTERS[((b & 15) << 2) | (c >> 6)]! : '=') +
        (at + 2 < bytes.length ? LETTERS[c & 63]! : '='),
    );
  }
  return parts.join('');
}

export function createChart(session: Session) {
  return function chart(data: unknown, spec: unknown): Displayable {
    const call = callOf('chart', chart);
    const [text, one] = specText(spec, call);
    const frames = chartData(session, data, call);
    if (one && frames.length !== 1)
      throw fail(
        'chart-spec',
        'The specification names no data, and there are several.',
        { call },
        { hint: `Say data: { name: '${frames[0]?.[0]}' } where each is drawn.` },
      );
    return new Displayable(async () => {
      const tables: { name: string; table: number }[] = [];
      const fields = frames.length === 1 ? fieldsOf(JSON.parse(text)) : [];
      for (const [name, frame] of frames) tables.push({ name, table: await hidden(session, frame, fields, call) });
      return { kind: 'chart', spec: text, data: tables };
    });
  };
}

/** The name of a chart's only data. */
const DATA = 'data';

/** The specification as JSON, and whether it lacks data. */
function specText(spec: unknown, call: Call): readonly [string, boolean] {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) {
    throw fail(
      'chart-spec',
      "chart() takes data and a Vega-Lite specification: chart(table('flights'), { mark: 'bar', encoding: … }).",
      { call },
    );
  }
  const lacking = !('data' in spec);
  let text: string | undefined;
  try {
    text = JSON.stringify(lacking ? { ...spec, data: { name: DATA } } : spec);
  } catch (error) {
    throw fail(
      'chart-spec',
      `The specification is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      { call },
    );
  }
  if (text.length > MAX_OUTPUT_CHARACTERS) {
    throw fail(
      'chart-spec',
      `The specification has ${millions(text.length)} million characters; ${millions(MAX_OUTPUT_CHARACTERS)} million can be drawn.`,
      { call },
      { hint: 'Give the rows as the first argument, not inside the specification.' },
    );
  }
  return [text, lacking];
}

function chartData(session: Session, data: unknown, call: Call): readonly (readonly [string, DataFrame])[] {
  const frame = (value: unknown): DataFrame => (value instanceof DataFrame ? value : frameOf(session, value, call));
  if (data instanceof DataFrame || Array.isArray(data)) return [[DATA, frame(data)]];
  if (typeof data === 'object' && data !== null) {
    const entries = Object.entries(data);
    if (entries.length > 0) return entries.map(([name, value]) => [name, frame(value)] as const);
  }
  throw fail('argument', 'chart() takes a DataFrame, rows, or several of these by name.', { call });
}

async function hidden(session: Session, frame: DataFrame, fields: readonly Field[], call: Call): Promise<number> {
  const plan = DataFrame.plan(frame);
  if (!plan) throw fail('argument', 'This is no DataFrame.', { call });
  return session.run(plan, call, async (one) => {
    const strange = strangeField(
      fields,
      one.columns.map(({ name }) => name),
    );
    if (strange) known(one, strange.name, call);
    const table = session.host.nextTable();
    try {
      await session.host.call('show', { ...render(print(one)), table, hidden: true, limit: MAX_CHART_ROWS });
    } catch (error) {
      if (failureIn(error)?.code !== 'too-large') throw error;
      throw fail(
        'too-large',
        `A chart takes at most ${MAX_CHART_ROWS / 1000},000 rows, and this has more.`,
        { call },
        { hint: 'Aggregate first: .groupBy(…).summarize(…), or take a .sample(10_000).' },
      );
    }
    return table;
  });
}
