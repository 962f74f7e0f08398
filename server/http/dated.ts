/**
 * Dates of the notebook on a chart that goes to whoever came by a link: those that its axis of time covers, and no other. They
 * have no document to take them from, and a date that stands on nothing that is shown is not published. A frame shows its
 * paragraph alone, without what the notebook says of dates.
 */
import type { Readable } from 'node:stream';
import { Value } from '@sinclair/typebox/value';
import type { View } from '../access/view.ts';
import { AnyAnswer } from '../protocol/chart/answer.ts';
import { coveredBy } from '../protocol/chart/covered.ts';
import type { NotebookId } from '../protocol/ids.ts';
import type { Services } from './services.ts';

type Drawn = { readonly contentType: string; readonly body: Readable | Uint8Array };

export const isDated = ({ whole, titled }: View): boolean => !whole && titled;

/** Of a member, who has the document, the answer as it is. */
export async function dated(drawn: Drawn, notebook: NotebookId, view: View, live: Services['live']): Promise<Drawn> {
  // A chart is short: what is none goes on as it came.
  if (!isDated(view) || !(drawn.body instanceof Uint8Array)) return drawn;
  const answer: unknown = JSON.parse(Buffer.from(drawn.body).toString('utf8'));
  if (!Value.Check(AnyAnswer, answer)) return drawn;
  const open = await live.open(notebook);
  try {
    const annotations = coveredBy(answer, open.annotations());
    if (annotations.length === 0) return drawn;
    return { ...drawn, body: Buffer.from(JSON.stringify({ ...answer, annotations })) };
  } finally {
    open.release();
  }
}
