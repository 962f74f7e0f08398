/** Options that a query gives: asked of the server, which runs it over the tables that the viewer's runs find. */
import type { Option } from '../../server/protocol/forms.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { type Answer, call, record } from '../api.ts';
import { asking } from '../standing.ts';

/** `more`: there are others than these. */
export type AskedOptions = { readonly options: readonly Option[]; readonly more: boolean };
export type AskOptions = (name: string, signal: AbortSignal) => Promise<Answer<AskedOptions>>;

export const optionsFrom =
  (id: NotebookId): AskOptions =>
  (name, signal) =>
    call(`/notebooks/${id}/forms/${encodeURIComponent(name)}/options`, { signal, ...asking() }, (value) => {
      const { items, more } = record(value);
      if (!Array.isArray(items)) return undefined;
      return { options: items.flatMap((item) => parseOption(item) ?? []), more: more === true };
    });

function parseOption(item: unknown): Option | undefined {
  const { value, label } = record(item);
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  return typeof label === 'string' && label !== '' ? { value, label } : { value };
}
