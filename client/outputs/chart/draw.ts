/**
 * Vega in the page: this module is all that loads it. Expressions are interpreted as a syntax tree, never evaluated as text,
 * and the loader refuses every address.
 */
import { type Loader, loader, type Padding, parse, type Renderers, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { type Config, compile, type TopLevelSpec } from 'vega-lite';
import { withLand } from './outline.ts';

export type Datum = Readonly<Record<string, unknown>>;

export type Picture = {
  /** The plot within the host, in pixels: left, top, width, height. */
  readonly plot: { readonly left: number; readonly top: number; readonly width: number; readonly height: number };
  /** Where a value of x lies, from the plot's left edge. */
  place(value: unknown): number;
  /** The value of a continuous x there. */
  value(pixels: number): number;
  /** The same of a y that rows have; where there is one scale of y. */
  placeUp(value: number): number;
  valueUp(pixels: number): number;
  /** Width of a category's band; 0 where x is continuous. */
  readonly band: number;
  release(): void;
};

export type Hovered = { readonly datum: Datum; readonly x: number; readonly y: number };

/** More elements than these are drawn faster on a canvas than as a tree. */
const MOST_ELEMENTS = 1500;

/** `placeless`: it has no x that a place could be told of, as pies, maps and small charts. */
export async function paint(
  host: HTMLElement,
  spec: TopLevelSpec,
  config: Config,
  shape: { readonly elements: number; readonly placeless: boolean },
  onHover: (hovered: Hovered | undefined) => void,
): Promise<Picture> {
  const view = viewOf(await withLand(spec), config, shape.elements > MOST_ELEMENTS ? 'canvas' : 'svg', host);
  view.addEventListener('mousemove', (event, item) => {
    const datum: unknown = item?.datum;
    const at = event instanceof MouseEvent ? event : undefined;
    onHover(at && isDatum(datum) ? { datum, x: at.clientX, y: at.clientY } : undefined);
  });
  view.addEventListener('mouseout', () => onHover(undefined));
  await view.runAsync();
  const [left = 0, top = 0] = view.origin();
  const around = sidesOf(view.padding());
  const scale = shape.placeless ? undefined : view.scale('x');
  const invert = (pixels: number): number => Number(scale?.invert?.(pixels));
  return {
    plot: {
      left: around.left + left,
      top: around.top + top,
      width: Number(view.signal('width')),
      height: Number(view.signal('height')),
    },
    place: (value) => Number(scale?.(value)),
    value: invert,
    placeUp: (value) => Number(view.scale('y')(value)),
    valueUp: (pixels) => Number(view.scale('y').invert?.(pixels)),
    band: typeof scale?.bandwidth === 'function' ? Number(scale.bandwidth()) : 0,
    release: () => {
      view.finalize();
      host.replaceChildren();
    },
  };
}

/** Elements lie within the padding, wherever the origin is said to be. */
const sidesOf = (padding: Padding): { readonly left: number; readonly top: number } =>
  typeof padding === 'number' ? { left: padding, top: padding } : { left: padding.left ?? 0, top: padding.top ?? 0 };

const isDatum = (value: unknown): value is Datum =>
  typeof value === 'object' && value !== null && ('y' in value || 'item' in value);

/** Twice as fine as the screen of most: a picture ends up in slides. */
const SCALE = 2;

export async function pictureOf(spec: TopLevelSpec, config: Config, format: 'png' | 'svg'): Promise<Blob> {
  const view = viewOf(await withLand(spec), config, format === 'svg' ? 'none' : 'canvas');
  try {
    await view.runAsync();
    if (format === 'svg') return new Blob([await view.toSVG()], { type: 'image/svg+xml' });
    const canvas: unknown = await view.toCanvas(SCALE);
    if (!(canvas instanceof HTMLCanvasElement)) throw new Error('no canvas to draw on');
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
    if (!blob) throw new Error('the canvas gave no picture');
    return blob;
  } finally {
    view.finalize();
  }
}

function viewOf(spec: TopLevelSpec, config: Config, renderer: Renderers, container?: HTMLElement): View {
  const { spec: whole } = compile(spec, { config });
  return new View(parse(whole, undefined, { ast: true }), {
    expr: expressionInterpreter,
    loader: refusing(),
    renderer,
    hover: container !== undefined,
    tooltip: () => {},
    ...(container ? { container } : {}),
  });
}

function refusing(): Loader {
  const refuse = async (address: string): Promise<never> => {
    throw new Error(`Charts load nothing: ${address}`);
  };
  return { ...loader(), load: refuse, sanitize: refuse, http: refuse, file: refuse };
}
