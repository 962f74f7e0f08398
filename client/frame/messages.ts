/**
 * What the page and its frames say to each other, over one port that the page hands to a frame as it has loaded. A frame
 * shows what people and programs wrote, so what comes out of one is `unknown` until `parseAnswer` saw it, and bounded.
 */

/** Colours and fonts of the page, so that what is drawn looks as if it stood there. */
export type Theme = {
  readonly dark: boolean;
  /** CSS variables of the page by their names without `--`. */
  readonly tokens: Readonly<Record<string, string>>;
  /** The Latin face, as a file: an opaque origin may load none. */
  readonly font?: ArrayBuffer;
};

/** The variables that frames know: pages written for them may use them too. */
export const TOKENS = [
  'paper',
  'wash',
  'rule',
  'rule-strong',
  'ink',
  'ink-2',
  'ink-3',
  'accent',
  'bar',
  'bar-2',
  'sans',
  'mono',
  ...Array.from({ length: 8 }, (_, index) => `hue-${index}`),
] as const;

/** Rows of one data source: an Arrow stream. */
export type Table = { readonly name: string; readonly arrow: ArrayBuffer };

/** `snapshot`: the canvas as it stands, for the place that the frame leaves. */
export type Picture = 'png' | 'svg' | 'snapshot';

export type Order =
  | { readonly type: 'html'; readonly html: string; readonly theme: Theme }
  /** `painter`: the script that draws, as text: an opaque origin may load none. */
  | {
      readonly type: 'chart';
      readonly spec: string;
      readonly tables: readonly Table[];
      readonly theme: Theme;
      readonly painter: string;
    }
  | { readonly type: 'theme'; readonly theme: Theme }
  | { readonly type: 'picture'; readonly format: Picture }
  /** The pointer is elsewhere: a frame is not always told. */
  | { readonly type: 'leave' }
  /** Is answered by `pong`, if by anything. */
  | { readonly type: 'ping' };

export type Answer =
  /** Its content is this high now, in CSS pixels. */
  | { readonly type: 'height'; readonly height: number }
  /** The chart stands. `label`: what it says of itself to those who do not see it; `notes`: what in its spec was not followed. */
  | { readonly type: 'drawn'; readonly label: string; readonly notes: readonly string[] }
  | { readonly type: 'failed'; readonly why: Why; readonly message: string }
  | { readonly type: 'picture'; readonly format: Picture; readonly bytes: ArrayBuffer }
  /** The pointer is in it; told again after each `leave`. */
  | { readonly type: 'inside' }
  /** Somebody wants to follow a link. */
  | { readonly type: 'link'; readonly href: string }
  /** Somebody wants out by the keyboard. */
  | { readonly type: 'escape' }
  | { readonly type: 'pong' };

/** `spec`: it can't be drawn as it is written. `stuck`: it did not answer in time. */
export type Why = 'spec' | 'stuck';

export const MAX_MESSAGE = 2000;
export const MAX_LINK = 2000;
/** What was not followed is shown below a chart: more than a few lines of it are not read. */
export const MAX_NOTES = 3;
export const MAX_NOTE = 300;
export const MAX_PICTURE_BYTES = 32 * 1024 * 1024;
const MAX_HEIGHT = 1e6;

export function parseAnswer(message: unknown): Answer | undefined {
  if (typeof message !== 'object' || message === null || !('type' in message)) return undefined;
  const { type, ...rest } = message as { type: unknown } & Readonly<Record<string, unknown>>;
  switch (type) {
    case 'height':
      return typeof rest.height === 'number' && rest.height >= 0 && rest.height < MAX_HEIGHT
        ? { type, height: rest.height }
        : undefined;
    case 'drawn':
      return typeof rest.label === 'string' && Array.isArray(rest.notes)
        ? { type, label: rest.label.slice(0, MAX_MESSAGE), notes: parseNotes(rest.notes) }
        : undefined;
    case 'failed':
      return (rest.why === 'spec' || rest.why === 'stuck') && typeof rest.message === 'string'
        ? { type, why: rest.why, message: rest.message.slice(0, MAX_MESSAGE) }
        : undefined;
    case 'picture':
      return (rest.format === 'png' || rest.format === 'svg' || rest.format === 'snapshot') &&
        rest.bytes instanceof ArrayBuffer &&
        rest.bytes.byteLength <= MAX_PICTURE_BYTES
        ? { type, format: rest.format, bytes: rest.bytes }
        : undefined;
    case 'link':
      return typeof rest.href === 'string' && rest.href.length <= MAX_LINK ? { type, href: rest.href } : undefined;
    case 'inside':
    case 'escape':
    case 'pong':
      return { type };
    default:
      return undefined;
  }
}

const parseNotes = (notes: readonly unknown[]): readonly string[] =>
  notes.slice(0, MAX_NOTES).flatMap((note) => (typeof note === 'string' ? [note.slice(0, MAX_NOTE)] : []));
