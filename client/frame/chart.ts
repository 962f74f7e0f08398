/**
 * A chart in its frame: a canvas that a worker draws on, the pointer handed to the worker, its tooltip. The worker is
 * given one order at a time, and ended when it does not answer: a spec can loop for ever, on the first look or under the
 * pointer, and must not hold more than its own chart.
 */
import type { Answer, Order, Picture, Theme } from './messages.ts';
import type { PainterAnswer, PainterOrder, Pointer, Size } from './painter-messages.ts';
import { openTip } from './tip.ts';

/** The first drawing: 100,000 rows on a slow machine take some seconds. */
const DRAW_MS = 20_000;
/** Whatever comes later has the data at hand. */
const ANSWER_MS = 5_000;
/** A chart sharper than this is only more bytes. */
const MOST_RATIO = 3;
/** Orders that wait while one is under way; of pointer moves the last stands for all. */
const MOST_WAITING = 100;

const POINTERS = ['pointermove', 'pointerdown', 'pointerup', 'pointerout', 'click', 'dblclick', 'mousedown', 'mouseup'];

export type Chart = {
  wear(theme: Theme): void;
  picture(format: Picture): void;
  leave(): void;
};

export function openChart(host: HTMLElement, order: Order & { type: 'chart' }, tell: (answer: Answer) => void): Chart {
  const canvas = document.createElement('canvas');
  const tip = openTip(host);
  host.append(canvas);
  host.classList.add('chart');
  const url = URL.createObjectURL(new Blob([order.painter], { type: 'text/javascript' }));
  const worker = new Worker(url);
  URL.revokeObjectURL(url);
  let waiting: { readonly order: PainterOrder; readonly transfer: readonly Transferable[] }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  let wheel = false;
  let inside = false;

  const size = (): Size => ({ width: host.clientWidth, ratio: Math.min(devicePixelRatio || 1, MOST_RATIO) });

  function end(): void {
    ended = true;
    waiting = [];
    clearTimeout(timer);
    worker.terminate();
    canvas.remove();
    tip.hide();
  }

  function fail(why: 'spec' | 'stuck', message: string): void {
    if (ended) return;
    end();
    tell({ type: 'failed', why, message });
  }

  function next(): void {
    const first = waiting.shift();
    if (!first) return;
    timer = setTimeout(() => fail('stuck', ''), first.order.type === 'draw' ? DRAW_MS : ANSWER_MS);
    worker.postMessage(first.order, [...first.transfer]);
  }

  function give(given: PainterOrder, transfer: readonly Transferable[] = []): void {
    if (ended) return;
    const last = waiting.at(-1)?.order;
    const replaces =
      last?.type === given.type &&
      (given.type !== 'pointer' || isMove(given)) &&
      (last.type !== 'pointer' || isMove(last));
    if (replaces) waiting.pop();
    if (waiting.length < MOST_WAITING) waiting.push({ order: given, transfer });
    if (timer === undefined) next();
  }

  worker.onmessage = ({ data }: MessageEvent<PainterAnswer>) => {
    if (ended) return;
    switch (data.type) {
      case 'did':
        clearTimeout(timer);
        timer = undefined;
        next();
        return;
      case 'drawn':
        canvas.style.width = `${data.width}px`;
        canvas.style.height = `${data.height}px`;
        canvas.setAttribute('aria-label', data.label);
        wheel = data.wheel;
        tell({ type: 'drawn', label: data.label, notes: data.notes });
        return;
      case 'failed':
        fail('spec', data.message);
        return;
      case 'cursor':
        canvas.style.cursor = data.cursor;
        return;
      case 'tip':
        tip.show(data.rows, data.x, data.y);
        return;
      case 'picture':
        tell(data);
    }
  };
  worker.onerror = (event) => {
    event.preventDefault();
    fail('spec', event.message);
  };

  canvas.setAttribute('role', 'img');
  for (const type of POINTERS)
    canvas.addEventListener(type, (event) => {
      if (event instanceof MouseEvent) give({ type: 'pointer', pointer: pointerOf(event) });
    });
  canvas.addEventListener('pointerout', () => tip.hide());
  canvas.addEventListener('pointermove', () => {
    if (!inside) tell({ type: 'inside' });
    inside = true;
  });
  // A drag that leaves the chart goes on, and ends.
  canvas.addEventListener('pointerdown', ({ pointerId }) => canvas.setPointerCapture(pointerId));
  // Who only scrolls by does not zoom: the chart takes the wheel once somebody has clicked in it.
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (!wheel || !document.hasFocus()) return;
      event.preventDefault();
      give({ type: 'pointer', pointer: pointerOf(event) });
    },
    { passive: false },
  );

  const offscreen = canvas.transferControlToOffscreen();
  const { spec, tables, theme } = order;
  give({ type: 'draw', spec, tables, theme, size: size(), canvas: offscreen }, [
    offscreen,
    ...tables.map(({ arrow }) => arrow),
  ]);
  let { width, ratio } = size();
  addEventListener('resize', () => {
    const now = size();
    if (now.width === width && now.ratio === ratio) return;
    ({ width, ratio } = now);
    give({ type: 'size', size: now });
  });

  return {
    wear: (next) => give({ type: 'theme', theme: next }),
    picture: (format) => give({ type: 'picture', format }),
    leave() {
      if (ended) return;
      inside = false;
      tip.hide();
      canvas.dispatchEvent(new PointerEvent('pointerout'));
    },
  };
}

const isMove = (order: PainterOrder): boolean => order.type === 'pointer' && order.pointer.type === 'pointermove';

function pointerOf(event: MouseEvent): Pointer {
  const { type, offsetX: x, offsetY: y, button, buttons, shiftKey, ctrlKey, altKey, metaKey } = event;
  const { deltaY, deltaMode } = event instanceof WheelEvent ? event : { deltaY: 0, deltaMode: 0 };
  return { type, x, y, button, buttons, deltaY, deltaMode, shiftKey, ctrlKey, altKey, metaKey };
}
