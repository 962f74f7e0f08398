/**
 * Draws Vega-Lite in a worker of a frame: compiled here, its expressions interpreted as a syntax tree (nothing is
 * evaluated as code), every address refused. One order at a time; each is answered by `did`.
 */

import './installed.ts';

import { type LoggerInterface, logger, parse, type Spec, transforms, View, Warn } from 'vega';
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
import { labelOf, readSpec } from './reading.ts';
import { type Row, rowsOf } from './rows.ts';
import { tipRows } from './tip-rows.ts';
import { settleTitles } from './titles.ts';
import { boundTransforms } from './transforms.ts';

/** Picture files are this much sharper than the screen's pixels. */
const PNG_SCALE = 2;

const say = (answer: PainterAnswer, transfer: readonly Transferable[] = []): void =>
  postMessage(answer, { transfer: [...transfer] });

type Order = {
  readonly spec: TopLevelSpec;
  readonly data: ReadonlyMap<string, readonly Row[]>;
  /** What of the spec nothing comes of. */
  readonly strange: readonly string[];
  readonly restore: (text: string) => string;
};
type Drawing = Order & { readonly canvas: OffscreenCanvas; view: View; box: Box; theme: Theme; size: Size };
let drawing: Drawing | undefined;
let budget = createBudget();
boundTransforms(transforms, () => budget);

addEventListener('message', ({ data }: MessageEvent<PainterOrder>) => {
  obey(data)
    .catch((error: unknown) => say({ type: 'failed', message: messageOf(error) }))
    .finally(() => say({ type: 'did' }));
});

async function obey(order: PainterOrder): Promise<void> {
  switch (order.type) {
    case 'draw': {
      const { spec, tables, theme, size, canvas } = order;
      const read = readSpec(spec, new Map(tables.map(({ name, arrow }) => [name, rowsOf(arrow)])));
      await wear(theme);
      await draw(read, canvas, theme, size);
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

async function wear({ font }: Theme): Promise<void> {
  const fonts: unknown = Reflect.get(globalThis, 'fonts');
  if (font && fonts instanceof FontFaceSet) fonts.add(await new FontFace('Inter', font, { weight: '100 900' }).load());
}

async function draw(order: Order, canvas: OffscreenCanvas, theme: Theme, size: Size): Promise<void> {
  const { spec, data, restore } = order;
  const refused: string[] = [];
  const problems: unknown[] = [];
  const notes: string[] = order.strange.slice(0, MAX_NOTES);
  const compiled = compile(widened(spec), { config: configOf(theme), logger: loggerInto(problems, notes) }).spec;
  const titles = settleTitles(compiled, restore);
  const runtime = parse(supplied(compiled, data), { events: { bind: 'none' } }, { ast: true });
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
    logger: loggerInto(problems),
    loader: refusing(refused),
    tooltip: (_handler, event, _item, value) => {
      const [x, y] = ['x', 'y'].map((side) => Number(Reflect.get(Object(event), side)) || 0);
      say({ type: 'tip', x: x ?? 0, y: y ?? 0, rows: tipRows(value, restore) });
    },
  });
  // The box passes for an element, see `dom.ts`.
  Reflect.apply(view.initialize, view, [box]);
  drawing = { ...order, canvas, view, box, theme, size };
  await view.runAsync();
  if (refused[0] !== undefined) throw new Error(words.foreign(refused[0]));
  if (problems.length > 0) throw problems[0];
  say({
    type: 'drawn',
    width: canvas.width / size.ratio,
    height: canvas.height / size.ratio,
    label: labelOf(spec, titles),
    notes: [...new Set(notes.map(restore))].slice(0, MAX_NOTES).map((note) => note.slice(0, MAX_NOTE)),
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
  return logger(Warn, undefined, (method, _level, said) => {
    const text = said.map(String).join(' ');
    if (method === 'error') problems.push(said.find((one) => one instanceof Error) ?? new Error(text));
    // That a chart fills the column is the page's wish, not the spec's.
    else if (!text.startsWith('Dropping "fit')) notes.push(text);
  });
}

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

async function pngOf(canvas: unknown): Promise<Blob> {
  if (!(canvas instanceof OffscreenCanvas)) throw new Error('There is no canvas.');
  return canvas.convertToBlob({ type: 'image/png' });
}

/** Whether some part of the chart reacts to events of this kind; only the handler of the view knows. */
function listens(view: View, type: string): boolean {
  const handlers: unknown = Reflect.get(Object(Reflect.get(view, '_handler')), '_handlers');
  const found: unknown = Reflect.get(Object(handlers), type);
  return Array.isArray(found) && found.length > 0;
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, MAX_MESSAGE);
