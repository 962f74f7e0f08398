/**
 * Draws Vega-Lite in a worker of a frame: compiled here, its expressions interpreted as a syntax tree (nothing is
 * evaluated as code), every address refused. One order at a time; each is answered by `did`.
 */

import './installed.ts';

import { type Config, type LoggerInterface, parse, type Spec, transforms, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { charts as words } from '../words/charts.ts';
import { createBudget } from './budget.ts';
import { Box } from './dom.ts';
import { countedInterpreter } from './expressions.ts';
import { dom } from './installed.ts';
import { configOf, WIDTH } from './look.ts';
import { MAX_MESSAGE, MAX_NOTE, MAX_NOTES, type Picture, type Theme } from './messages.ts';
import type { PainterAnswer, PainterOrder, Pointer, Size } from './painter-messages.ts';
import { type Row, rowsOf } from './rows.ts';
import { tipRows } from './tip-rows.ts';
import { boundTransforms, type Steps } from './transforms.ts';

/** Picture files are this much sharper than the screen's pixels. */
const PNG_SCALE = 2;

type Spot = {
  addEventListener(type: 'message', listener: (event: MessageEvent<PainterOrder>) => void): void;
  postMessage(answer: PainterAnswer, transfer?: readonly Transferable[]): void;
  readonly fonts?: FontFaceSet;
};
const worker = globalThis as unknown as Spot;
const say = (answer: PainterAnswer, transfer: readonly Transferable[] = []): void =>
  worker.postMessage(answer, transfer);

type Order = { readonly spec: TopLevelSpec; readonly data: ReadonlyMap<string, readonly Row[]> };
type Drawing = Order & { readonly canvas: OffscreenCanvas; view: View; box: Box; theme: Theme; size: Size };
let drawing: Drawing | undefined;
let budget = createBudget();
// Vega's types have the two parameters of `transform` the other way round.
boundTransforms(transforms as unknown as Steps, () => budget);

worker.addEventListener('message', ({ data }) => {
  obey(data)
    .catch((error: unknown) => say({ type: 'failed', message: messageOf(error) }))
    .finally(() => say({ type: 'did' }));
});

async function obey(order: PainterOrder): Promise<void> {
  switch (order.type) {
    case 'draw': {
      const { spec, tables, theme, size, canvas } = order;
      const parsed: unknown = JSON.parse(spec);
      const data = new Map(tables.map(({ name, arrow }) => [name, rowsOf(arrow)]));
      await wear(theme);
      await draw({ spec: checked(parsed), data }, canvas, theme, size);
      return;
    }
    case 'theme':
      if (drawing) await draw(drawing, drawing.canvas, order.theme, drawing.size);
      return;
    case 'size':
      if (drawing) await draw(drawing, drawing.canvas, drawing.theme, order.size);
      return;
    case 'pointer':
      if (drawing) await point(drawing, order.pointer);
      return;
    case 'picture':
      if (drawing) await take(drawing, order.format);
  }
}

function checked(spec: unknown): TopLevelSpec {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) throw new Error(words.noObject);
  if ('$schema' in spec && /\/vega\/v\d/.test(String(spec.$schema))) throw new Error(words.vega);
  const shows = ['mark', 'layer', 'concat', 'hconcat', 'vconcat', 'repeat', 'facet', 'spec'];
  if (!shows.some((name) => name in spec)) throw new Error(words.nothing);
  const mark = unknownMark(spec);
  if (mark !== undefined) throw new Error(words.mark(mark, MARKS));
  return spec as TopLevelSpec;
}

const MARKS = [
  ...['arc', 'area', 'bar', 'boxplot', 'circle', 'errorband', 'errorbar', 'geoshape', 'image', 'line', 'point'],
  ...['rect', 'rule', 'square', 'text', 'tick', 'trail'],
];

/** The compiler says nothing of a mark that it does not know. */
function unknownMark(spec: unknown): string | undefined {
  if (Array.isArray(spec)) return spec.map(unknownMark).find((one) => one !== undefined);
  if (typeof spec !== 'object' || spec === null) return undefined;
  const { mark, layer, concat, hconcat, vconcat, spec: inner } = spec as Readonly<Record<string, unknown>>;
  const type = typeof mark === 'object' && mark !== null && 'type' in mark ? mark.type : mark;
  if (type !== undefined && !MARKS.some((known) => known === type)) return String(type).slice(0, 100);
  return unknownMark([layer, concat, hconcat, vconcat, inner].filter((one) => one !== undefined));
}

async function wear({ font }: Theme): Promise<void> {
  if (font) worker.fonts?.add(await new FontFace('Inter', font, { weight: '100 900' }).load());
}

async function draw({ spec, data }: Order, canvas: OffscreenCanvas, theme: Theme, size: Size): Promise<void> {
  const refused: string[] = [];
  const problems: unknown[] = [];
  const logger = loggerInto(problems);
  const notes: string[] = [];
  const { spec: whole } = compile(widened(spec), { config: configOf(theme), logger: loggerInto(problems, notes) });
  const runtime = parse(supplied(whole, data), { events: { bind: 'none' } } as Config, { ast: true });
  const box = new Box('div');
  box.clientWidth = 'width' in spec ? size.width : Math.min(size.width, WIDTH);
  dom.resize(box.clientWidth, size.ratio);
  dom.give(canvas);
  drawing?.view.finalize();
  budget = createBudget();
  const view = new View(runtime, {
    expr: countedInterpreter(expressionInterpreter, budget),
    renderer: 'canvas',
    hover: true,
    logger,
    loader: refusing(refused),
    tooltip: (_handler, event, _item, value) => {
      const { x = 0, y = 0 } = (event ?? {}) as Partial<Place>;
      say({ type: 'tip', x, y, rows: tipRows(value) });
    },
  });
  view.initialize(box as unknown as HTMLElement);
  drawing = { spec, data, canvas, view, box, theme, size };
  await view.runAsync();
  if (refused[0] !== undefined) throw new Error(words.foreign(refused[0]));
  if (problems.length > 0) throw problems[0];
  say({
    type: 'drawn',
    width: canvas.width / size.ratio,
    height: canvas.height / size.ratio,
    label: labelOf(spec),
    notes: [...new Set(notes)].slice(0, MAX_NOTES).map((note) => note.slice(0, MAX_NOTE)),
    wheel: listens(view, 'wheel'),
  });
}

/** A single view without a width takes the frame's. */
function widened(spec: TopLevelSpec): TopLevelSpec {
  const single = 'mark' in spec || 'layer' in spec;
  const encoding: object = ('encoding' in spec && spec.encoding) || {};
  const isFaceted = ['row', 'column', 'facet'].some((channel) => channel in encoding);
  return single && !isFaceted && !('width' in spec) ? ({ ...spec, width: 'container' } as TopLevelSpec) : spec;
}

/** Named sources get their rows. */
function supplied(spec: Spec, tables: ReadonlyMap<string, readonly Row[]>): Spec {
  const data = (spec.data ?? []).map((source) => {
    const rows = tables.get(source.name);
    const isOpen = !('url' in source) && !('values' in source) && !('source' in source);
    // Rows have their types: nothing is to be parsed.
    if (!rows || !isOpen) return source;
    return { ...source, format: undefined, values: [...rows] };
  });
  return { ...spec, data } as Spec;
}

function refusing(refused: string[]) {
  const refuse = async (address: string): Promise<never> => {
    throw new Error(`Not loaded: ${address}`);
  };
  return {
    load: async (address: string): Promise<never> => {
      refused.push(String(address).slice(0, 200));
      return refuse(address);
    },
    sanitize: refuse,
    http: refuse,
    file: refuse,
  };
}

function loggerInto(problems: unknown[], notes: string[] = []): LoggerInterface {
  const quiet = { level: () => quiet, warn, info: () => quiet, debug: () => quiet, error } as never;
  function warn(...said: readonly unknown[]): LoggerInterface {
    const note = said.map(String).join(' ');
    // That a chart fills the column is the page's wish, not the spec's.
    if (!note.startsWith('Dropping "fit')) notes.push(note);
    return quiet;
  }
  function error(...said: readonly unknown[]): LoggerInterface {
    problems.push(said.find((one) => one instanceof Error) ?? new Error(said.map(String).join(' ')));
    return quiet;
  }
  return quiet;
}

type Place = { readonly x: number; readonly y: number };

/** The event as a document would give it: first to the canvas, then to the window. */
async function point({ view, canvas, box }: Drawing, pointer: Pointer): Promise<void> {
  budget.renew();
  const { type, x, y, ...rest } = pointer;
  const make = (): Event => {
    const event = new Event(type, { cancelable: true });
    const fields = { ...rest, x, y, clientX: x, clientY: y, pageX: x, pageY: y, offsetX: x, offsetY: y };
    for (const [name, value] of Object.entries(fields)) Object.defineProperty(event, name, { value });
    return event;
  };
  canvas.dispatchEvent(make());
  dom.page.dispatchEvent(make());
  await view.runAsync();
  say({ type: 'cursor', cursor: box.style.cursor });
}

async function take({ view, canvas, theme }: Drawing, format: Picture): Promise<void> {
  if (format === 'snapshot') {
    const bytes = await (await pngOf(canvas)).arrayBuffer();
    say({ type: 'picture', format, bytes }, [bytes]);
    return;
  }
  // A file stands on a page of its own, so it brings its paper.
  const before = view.background();
  view.background(theme.tokens.paper ?? 'white');
  try {
    const bytes =
      format === 'svg'
        ? new TextEncoder().encode(await view.toSVG()).buffer
        : await (await pngOf(await view.toCanvas(PNG_SCALE))).arrayBuffer();
    say({ type: 'picture', format, bytes }, [bytes]);
  } finally {
    view.background(before);
    await view.runAsync();
  }
}

const pngOf = (canvas: unknown): Promise<Blob> => (canvas as OffscreenCanvas).convertToBlob({ type: 'image/png' });

/** Whether some part of the chart reacts to events of this kind. */
function listens(view: View, type: string): boolean {
  const { _handler: handler } = view as unknown as { _handler: { _handlers: Readonly<Record<string, unknown[]>> } };
  return (handler._handlers[type]?.length ?? 0) > 0;
}

function labelOf({ description, title }: TopLevelSpec): string {
  if (typeof description === 'string') return description;
  if (typeof title === 'string') return title;
  const text = typeof title === 'object' && title !== null && 'text' in title ? title.text : '';
  return Array.isArray(text) ? text.join(' ') : typeof text === 'string' ? text : '';
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE);
