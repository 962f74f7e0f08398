/** The page's colours and type as frames are told them, now and at each change. */
import inter from '@fontsource-variable/inter/files/inter-latin-wght-normal.woff2?url';
import { createSignal, onCleanup } from 'solid-js';
import { type Theme, TOKENS } from '../../frame/messages.ts';

export function readTheme(root: HTMLElement): Theme {
  const style = getComputedStyle(root);
  const tokens = Object.fromEntries(TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
  return { dark: style.colorScheme.includes('dark'), tokens };
}

export function watchTheme(root: HTMLElement): () => Theme {
  const [theme, setTheme] = createSignal(readTheme(root));
  const look = (): void => void setTheme(readTheme(root));
  const changes = new MutationObserver(look);
  changes.observe(root, { attributes: true, attributeFilter: ['data-theme'] });
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', look);
  onCleanup(() => {
    changes.disconnect();
    system.removeEventListener('change', look);
  });
  return theme;
}

/** The Latin face that the page has loaded already; undefined where it can't be had. */
export async function fetchFont(): Promise<ArrayBuffer | undefined> {
  try {
    const response = await fetch(inter);
    return response.ok ? await response.arrayBuffer() : undefined;
  } catch {
    return undefined;
  }
}
