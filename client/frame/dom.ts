/**
 * What Vega asks of a document, in a worker that has none: an element to draw in, a canvas that takes events, and the
 * size of the window. So a view lives whole in the worker: hovering and selecting work, and a chart that never ends can be
 * ended from outside.
 */

import { allow } from './budget.ts';

/** A canvas off the screen that passes for one in a document. */
export type Canvas = OffscreenCanvas & { readonly tagName: string };

class Style {
  cursor = '';
  width = '';
  height = '';
  setProperty(): void {}
  removeProperty(name: string): void {
    if (name === 'cursor') this.cursor = '';
  }
}

export class Box extends EventTarget {
  readonly tagName: string;
  readonly style = new Style();
  readonly childNodes: { readonly tagName: string }[] = [];
  clientWidth = 0;
  clientHeight = 0;
  textContent = '';
  constructor(tagName: string) {
    super();
    this.tagName = tagName.toUpperCase();
  }
  get firstChild(): { readonly tagName: string } | undefined {
    return this.childNodes[0];
  }
  appendChild<T extends { readonly tagName: string }>(child: T): T {
    this.childNodes.push(child);
    return Object.assign(child, { parentNode: this });
  }
  insertBefore<T extends { readonly tagName: string }>(child: T): T {
    return this.appendChild(child);
  }
  removeChild(child: { readonly tagName: string }): void {
    const at = this.childNodes.indexOf(child);
    if (at >= 0) this.childNodes.splice(at, 1);
  }
  setAttribute(): void {}
  removeAttribute(): void {}
  getBoundingClientRect(): { left: number; top: number; width: number; height: number } {
    return { left: 0, top: 0, width: this.clientWidth, height: this.clientHeight };
  }
}

export type Dom = {
  /** The next canvas that is made is this one: the one on the screen. */
  give(canvas: OffscreenCanvas): void;
  resize(width: number, ratio: number): void;
  /** Stands for the window. */
  readonly page: EventTarget;
};

/** A canvas of no more pixels than a chart may have: their memory is taken as it is given its size. */
function bounded(canvas: OffscreenCanvas): OffscreenCanvas {
  const sizes = { width: canvas.width, height: canvas.height };
  for (const side of ['width', 'height'] as const) {
    const own = Object.getOwnPropertyDescriptor(OffscreenCanvas.prototype, side);
    Object.defineProperty(canvas, side, {
      configurable: true,
      get: () => own?.get?.call(canvas),
      set(value: number) {
        sizes[side] = Number(value);
        allow('pixels', sizes.width * sizes.height);
        own?.set?.call(canvas, value);
      },
    });
  }
  return canvas;
}

/** Sets the globals that Vega looks for. Once, before anything of it is called. */
export function installDom(): Dom {
  let next: OffscreenCanvas | undefined;
  const page = Object.assign(new EventTarget(), { devicePixelRatio: 1, innerWidth: 0, innerHeight: 0, screen: {} });
  const createElement = (tag: string): Canvas | Box => {
    if (tag !== 'canvas') return new Box(tag);
    const canvas = next ?? bounded(new OffscreenCanvas(1, 1));
    next = undefined;
    return Object.assign(canvas, {
      tagName: 'CANVAS',
      style: new Style(),
      setAttribute() {},
      removeAttribute() {},
      getBoundingClientRect: () => ({ left: 0, top: 0, width: 0, height: 0 }),
    });
  };
  // What asks whether a canvas stands in a document is told so.
  const HTMLElement = Object.defineProperty(() => {}, Symbol.hasInstance, {
    value: (value: unknown) => value instanceof OffscreenCanvas,
  });
  Object.assign(globalThis, { window: page, document: { createElement, body: new Box('body') }, HTMLElement });
  return {
    page,
    give(canvas) {
      next = bounded(canvas);
    },
    resize(width, ratio) {
      page.innerWidth = width;
      page.devicePixelRatio = ratio;
    },
  };
}
