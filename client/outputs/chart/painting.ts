/**
 * The picture of a chart in its host: drawn anew whenever its spec changes. A new picture replaces the old one when it is
 * ready, so that nothing flickers, and the newest wins.
 */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { Config, TopLevelSpec } from 'vega-lite';
import type { Hovered, Picture } from './draw.ts';

export type Painting<T> = {
  readonly spec: TopLevelSpec;
  readonly config: Config;
  readonly elements: number;
  /** It has no x along which a place could be told. */
  readonly placeless: boolean;
  /** What it is a picture of. */
  readonly of: T;
};

export type Painted<T> = { readonly picture: Picture; readonly of: T };

/** `host` is asked once it is on the page. Call it inside a component. */
export function createPainting<T>(
  wanted: Accessor<Painting<T>>,
  host: () => HTMLElement,
  told: {
    readonly onHover: (hovered: Hovered | undefined) => void;
    readonly onFail: (message: string) => void;
  },
): Accessor<Painted<T> | undefined> {
  const [painted, setPainted] = createSignal<Painted<T>>();
  let turn = 0;

  async function draw({ spec, config, elements, placeless, of }: Painting<T>): Promise<void> {
    turn += 1;
    const mine = turn;
    const { paint } = await import('./draw.ts');
    if (mine !== turn) return;
    const box = document.createElement('div');
    box.className = 'chart-picture';
    // What it shows is said by its host.
    box.setAttribute('aria-hidden', 'true');
    const picture = await paint(box, spec, config, { elements, placeless }, told.onHover);
    if (mine !== turn) {
      picture.release();
      return;
    }
    const before = painted();
    host().replaceChildren(box);
    before?.picture.release();
    setPainted({ picture, of });
  }

  createEffect(
    on(wanted, (next) => {
      draw(next).catch((error: unknown) => told.onFail(error instanceof Error ? error.message : String(error)));
    }),
  );
  onCleanup(() => {
    turn += 1;
    painted()?.picture.release();
  });
  return painted;
}
