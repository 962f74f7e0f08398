/** A chart as a file: drawn anew with its title and legend, on the page's own background. */
import type { Config, TopLevelSpec } from 'vega-lite';
import { save } from '../save.ts';

export async function savePicture(
  spec: TopLevelSpec,
  config: Config,
  format: 'png' | 'svg',
  name: string,
): Promise<void> {
  const { pictureOf } = await import('./draw.ts');
  // A canvas draws with the faces that are there: what the page has not used yet would be missing.
  await document.fonts?.ready;
  save(fileName(name, format), await pictureOf(spec, config, format));
}

/** Without what file systems refuse. */
export const fileName = (name: string, format: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must go
  `${name.replace(/[\u0000-\u001f"*/:<>?\\|]/g, '_').trim() || 'chart'}.${format}`;
