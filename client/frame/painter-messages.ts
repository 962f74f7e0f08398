/** What a frame and the worker that draws in it say to each other. Each order is answered by `did`, so that one that hangs is noticed. */
import type { Picture, Table, Theme } from './messages.ts';

export type Size = { readonly width: number; readonly ratio: number };

/** A pointer or wheel event, by the fields that charts look at; places in CSS pixels of the canvas. */
export type Pointer = {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly button: number;
  readonly buttons: number;
  readonly deltaY: number;
  readonly deltaMode: number;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
};

export type PainterOrder =
  | {
      readonly type: 'draw';
      readonly spec: string;
      readonly tables: readonly Table[];
      readonly theme: Theme;
      readonly size: Size;
      readonly canvas: OffscreenCanvas;
    }
  | { readonly type: 'theme'; readonly theme: Theme }
  | { readonly type: 'size'; readonly size: Size }
  | { readonly type: 'pointer'; readonly pointer: Pointer }
  | { readonly type: 'picture'; readonly format: Picture };

export type PainterAnswer =
  | { readonly type: 'did' }
  | {
      readonly type: 'drawn';
      readonly width: number;
      readonly height: number;
      readonly label: string;
      /** What the compiler did not follow, in its words. */
      readonly notes: readonly string[];
      /** Whether it does something on the wheel: then the page does not scroll. */
      readonly wheel: boolean;
    }
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'cursor'; readonly cursor: string }
  /** Undefined: nothing to tell there. */
  | { readonly type: 'tip'; readonly x: number; readonly y: number; readonly rows: readonly TipRow[] | undefined }
  | { readonly type: 'picture'; readonly format: Picture; readonly bytes: ArrayBuffer };

/** Without a name: the value alone. */
export type TipRow = { readonly name: string; readonly value: string };
