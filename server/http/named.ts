/** Paragraphs as a call names them. */
import { AppError } from '../errors.ts';
import type { ParagraphId } from '../protocol/ids.ts';

/** In the order they are named. Throws AppError where one is not there. */
export function named(
  wanted: readonly string[],
  paragraphs: Iterable<{ readonly id: ParagraphId }>,
): readonly ParagraphId[] {
  const there = new Map<string, ParagraphId>(Array.from(paragraphs, ({ id }) => [id, id]));
  return wanted.map((id) => {
    const found = there.get(id);
    if (!found) throw new AppError('not-found', `paragraph ${id}`);
    return found;
  });
}
