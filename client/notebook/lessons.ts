/** What an empty notebook offers: on the sample, on the files that are here, or on nothing. */
import type { SessionTable } from '../../server/protocol/messages.ts';
import { emptyWords } from '../words/empty.ts';
import { quoteText } from './upload.ts';

export type Lesson = { readonly title: string; readonly interpreter: string; readonly source: string };

const FLIGHTS = 'data/flights-3m.parquet';

export function lessonsFor(tables: readonly Pick<SessionTable, 'name' | 'source'>[]): readonly Lesson[] {
  const files = tables.filter((table) => table.source === 'file').map((table) => table.name);
  if (files.includes(FLIGHTS)) return emptyWords.flights;
  const [file] = files;
  if (file === undefined) return emptyWords.plain;
  return emptyWords.files.map(({ title, query }) => ({
    title: title(file),
    interpreter: 'sql',
    source: query(quoteText(file)),
  }));
}
