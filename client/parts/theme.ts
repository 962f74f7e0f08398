/** Light, dark, or as the system has it. Kept in the browser; `public/theme.js` sets it before the first paint. */
import { type Accessor, createSignal } from 'solid-js';

export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];
const KEY = 'gondola.theme';

export const nextTheme = (now: Theme): Theme => themes[(themes.indexOf(now) + 1) % themes.length] ?? 'system';

export function createTheme(storage: Storage, root: HTMLElement): { theme: Accessor<Theme>; set(theme: Theme): void } {
  const [theme, setTheme] = createSignal<Theme>(themes.find((one) => one === root.dataset.theme) ?? 'system');
  return {
    theme,
    set(next) {
      setTheme(next);
      if (next === 'system') {
        delete root.dataset.theme;
        storage.removeItem(KEY);
      } else {
        root.dataset.theme = next;
        storage.setItem(KEY, next);
      }
    },
  };
}
