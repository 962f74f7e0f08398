/** The page's look as charts take it, and how wide an element is: both as signals. */
import { type Accessor, createMemo, createSignal, onCleanup, onMount } from 'solid-js';
import { watchTheme } from '../frame/theme.ts';
import { type Style, styleOf } from './look.ts';

/** Call it inside a component. */
export function createStyle(): Accessor<Style> {
  const theme = watchTheme(document.documentElement);
  return createMemo(() => {
    const computed = getComputedStyle(document.documentElement);
    return styleOf(theme(), (name) => computed.getPropertyValue(name));
  });
}

/** Where nothing can tell how wide a plot is. */
const WIDTH = 640;

/** Pixels, once a frame at most. `element` is asked once it is on the page. */
export function createWidth(element: () => HTMLElement): Accessor<number> {
  const [width, setWidth] = createSignal(0);
  onMount(() => {
    const measure = (): void => void setWidth(Math.floor(element().clientWidth));
    measure();
    if (typeof ResizeObserver === 'undefined') return;
    let waiting: number | undefined;
    const observer = new ResizeObserver(() => {
      cancelAnimationFrame(waiting ?? 0);
      waiting = requestAnimationFrame(measure);
    });
    observer.observe(element());
    onCleanup(() => {
      observer.disconnect();
      cancelAnimationFrame(waiting ?? 0);
    });
  });
  return () => width() || WIDTH;
}
