/**
 * Lays out one paragraph: found in the text as it is, written into it as few splices as there are, one step of undo. Who
 * writes meanwhile is not disturbed: what was found in a text that is another by now is found anew.
 */
import { paragraphMap, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { LiveNotebook } from '../../live/contract.ts';
import { type Splice, write } from '../splice.ts';
import type { Analyst } from '../typescript/contract.ts';
import { formatJson } from './json.ts';

/** `left`: it, or some of it, is not understood and stays as it is. `none`: nothing here knows its language. */
export type Outcome = 'done' | 'same' | 'left' | 'none' | 'busy';

type Found = { readonly splices: readonly Splice[]; readonly isLeft: boolean };

/** Somebody who writes all the time would have it found anew for ever. */
const MOST_TRIES = 3;

export type Formatting = {
  readonly live: Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>;
  readonly analyst: Pick<Analyst, 'ask'>;
  /** Still: a right may be taken away while a layout is found. */
  readonly writable: () => boolean;
};

/** Rejects where what lays out could not be fetched. */
export async function formatParagraph(
  { live: { doc, origin, undo }, analyst, writable }: Formatting,
  id: ParagraphId,
): Promise<Outcome> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const text = sourceOf(doc, id);
    const interpreter = paragraphMap(doc, id)?.get('interpreter');
    if (!text || typeof interpreter !== 'string') return 'none';
    const source = text.toString();
    const found = await layoutOf(interpreter, source, id, analyst);
    if (!found || !writable()) return 'none';
    if (text.toString() !== source) continue;
    // Whoever found them: blanks go and blanks come.
    if (!found.splices.every((splice) => isBlank(source, splice))) return 'left';
    if (found.splices.length === 0) return found.isLeft ? 'left' : 'same';
    undo.stopCapturing();
    write(text, found.splices, origin);
    undo.stopCapturing();
    return found.isLeft ? 'left' : 'done';
  }
  return 'busy';
}

const isBlank = (source: string, { at, remove, insert }: Splice): boolean =>
  source.slice(at, at + remove).trim() === '' && insert.trim() === '';

async function layoutOf(
  interpreter: string,
  source: string,
  id: ParagraphId,
  analyst: Pick<Analyst, 'ask'>,
): Promise<Found | undefined> {
  switch (interpreter) {
    case 'sql':
      return (await import('./sql.ts')).formatSql(source);
    case 'typescript': {
      const edits = await analyst.ask(id, { kind: 'format' });
      return { splices: edits ?? [], isLeft: edits === undefined };
    }
    case 'vega-lite': {
      const splices = formatJson(source);
      return { splices: splices ?? [], isLeft: splices === undefined };
    }
    default:
      return undefined;
  }
}
