import { onCleanup } from 'solid-js';

/** For what takes the focus while it is there: once it is gone, the focus is back where it was. */
export function giveFocusBack(): void {
  const before = document.activeElement;
  onCleanup(() => {
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  });
}
