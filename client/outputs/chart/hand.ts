/**
 * What a pointer does over a plot: it looks, drags out a stretch or a rectangle, or clicks. Nothing of what that means is
 * decided here. Pixels are those of the plot; a stretch that a hand moved without meaning to is a click.
 */
import { type Accessor, createSignal } from 'solid-js';
import type { Picture } from './draw.ts';

/** Pixels that a hand moves without meaning to. */
const STILL = 4;

/** Of the plot: without `top` all of its height. */
export type Box = { readonly left: number; readonly width: number; readonly top?: number; readonly height?: number };

export type HandParts = {
  /** What the picture stands in. */
  readonly host: () => HTMLElement;
  readonly frame: () => HTMLElement;
  readonly picture: () => Picture | undefined;
  /** What can be dragged out now. */
  readonly drags: () => 'stretch' | 'rectangle' | 'nothing';
  readonly onLook: (event: PointerEvent, x: number | undefined) => void;
  readonly onBox: (box: Box, event: PointerEvent) => void;
  readonly onClick: (event: MouseEvent, x: number | undefined) => void;
  /** A drag began: what was looked at is not meant any more. */
  readonly onDrag: () => void;
};

export type Hand = {
  /** What is being dragged out. */
  readonly brush: Accessor<Box | undefined>;
  /** From the plot's left edge; undefined beside the plot. */
  at(event: MouseEvent): number | undefined;
  press(event: PointerEvent): void;
  move(event: PointerEvent): void;
  release(event: PointerEvent): void;
  give(): void;
  click(event: MouseEvent): void;
};

export function createHand({ host, frame, picture, drags, onLook, onBox, onClick, onDrag }: HandParts): Hand {
  const [brush, setBrush] = createSignal<Box>();
  let from: { readonly x: number; readonly y: number } | undefined;
  let dragged = false;

  /** Within the plot, wherever the pointer is. */
  function pointIn(
    event: MouseEvent,
  ): { readonly x: number; readonly y: number; readonly inside: boolean } | undefined {
    const plot = picture()?.plot;
    if (!plot) return undefined;
    const { left, top } = host().getBoundingClientRect();
    const [x, y] = [event.clientX - left - plot.left, event.clientY - top - plot.top];
    const inside = x >= 0 && x <= plot.width && y >= 0 && y <= plot.height;
    return { x: Math.max(0, Math.min(plot.width, x)), y: Math.max(0, Math.min(plot.height, y)), inside };
  }
  const at = (event: MouseEvent): number | undefined => {
    const point = pointIn(event);
    return point?.inside ? point.x : undefined;
  };

  return {
    brush,
    at,
    press(event) {
      dragged = false;
      if (drags() === 'nothing' || event.button !== 0 || event.pointerType === 'touch') return;
      const point = pointIn(event);
      from = point?.inside ? point : undefined;
      if (from) frame().setPointerCapture?.(event.pointerId);
    },
    move(event) {
      if (!from) {
        onLook(event, at(event));
        return;
      }
      const to = pointIn(event);
      if (!to) return;
      if (!brush()) onDrag();
      setBrush({
        left: Math.min(from.x, to.x),
        width: Math.abs(to.x - from.x),
        ...(drags() === 'rectangle' ? { top: Math.min(from.y, to.y), height: Math.abs(to.y - from.y) } : {}),
      });
    },
    release(event) {
      const area = brush();
      from = undefined;
      setBrush(undefined);
      if (!area || Math.max(area.width, area.height ?? 0) < STILL) return;
      dragged = true;
      onBox(area, event);
    },
    give() {
      from = undefined;
      setBrush(undefined);
    },
    click(event) {
      // A drag ends in a click too.
      if (dragged) dragged = false;
      else onClick(event, at(event));
    },
  };
}
