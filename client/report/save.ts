/** What a report can be saved as: one file, made by the server of what the caller sees. Printing opens that file, which prints itself. */
import type { Json } from '../../server/protocol/document.ts';
import type { NotebookId } from '../../server/protocol/ids.ts';
import type { MenuItem } from '../parts/Menu.tsx';
import type { Toasts } from '../parts/toasts.tsx';
import { report as words } from '../words/report.ts';

type Values = Readonly<Record<string, Json>> | undefined;
type Wanted = { readonly code?: boolean; readonly print?: boolean };

/** `values`: those of forms that are not the notebook's own. */
function reportAddress(id: NotebookId, values: Values, { code, print }: Wanted = {}): string {
  const query = new URLSearchParams({
    ...(code ? { code: 'true' } : {}),
    ...(print ? { print: 'true' } : {}),
    ...(values ? { forms: JSON.stringify(values) } : {}),
  });
  return `/api/v1/notebooks/${id}/report${query.size > 0 ? `?${query}` : ''}`;
}

export function downloadReport(id: NotebookId, values: Values, wanted: Wanted = {}): void {
  const link = document.createElement('a');
  link.href = reportAddress(id, values, wanted);
  // The server names it.
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}

export function printReport(toasts: Pick<Toasts, 'show'>, id: NotebookId, values: Values): void {
  const opened = window.open(reportAddress(id, values, { print: true }), '_blank');
  if (!opened) toasts.show({ key: 'print', text: words.blocked, hint: words.blockedHint, tone: 'bad' });
}

export const saveItems = (
  toasts: Pick<Toasts, 'show'>,
  id: NotebookId,
  values: () => Values,
  { code }: { readonly code: boolean },
): readonly MenuItem[] => [
  { label: words.asFile, hint: words.asFileHint, do: () => downloadReport(id, values()) },
  ...(code ? [{ label: words.withCode, do: () => downloadReport(id, values(), { code: true }) }] : []),
  { label: words.print, hint: words.printHint, do: () => printReport(toasts, id, values()) },
];
