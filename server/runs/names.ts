/**
 * Which tables a session's interpreters find by name: for each paragraph the last table of its last run that was done,
 * whether it had a name then or gets one later, and from those and the notebook's outline the list *name → result*. The name is the paragraph's name now, so a rename
 * renames the table at once; of two paragraphs with one name the first in order owns it; names fold case. A failed run
 * holds nothing and so keeps what was there. A result dropped by the budget leaves a gap that says which paragraph to run.
 */
import type { Outline } from '../protocol/document.ts';
import type { ParagraphId, ResultId } from '../protocol/ids.ts';
import type { Output } from '../protocol/outputs.ts';

/** The result each paragraph's name stands for. */
export type Held = ReadonlyMap<ParagraphId, ResultId>;

export type NamedTable = { readonly name: string; readonly paragraph: ParagraphId; readonly result: ResultId };
export type GoneTable = { readonly name: string; readonly paragraph: ParagraphId; readonly place: number };

export const foldName = (name: string): string => name.normalize('NFC').toLowerCase();

/** The result that a name of its paragraph stands for after this run: its named table, else the last one. */
export function namedResult(outputs: readonly Output[]): ResultId | undefined {
  const whole = outputs.filter((output) => output.kind === 'table' && !output.open);
  const table = whole.findLast((output) => output.kind === 'table' && output.name !== undefined) ?? whole.at(-1);
  return table?.kind === 'table' ? table.result : undefined;
}

/** The list in notebook order, and the names whose result is gone. */
export function listNames(
  held: Held,
  outline: Outline,
  isGone: (result: ResultId) => boolean,
): { readonly tables: readonly NamedTable[]; readonly gone: readonly GoneTable[] } {
  const tables: NamedTable[] = [];
  const gone: GoneTable[] = [];
  for (const { id, name, place } of ownersOf(outline).values()) {
    const result = held.get(id);
    if (result === undefined) continue;
    if (isGone(result)) gone.push({ name, paragraph: id, place });
    else tables.push({ name, paragraph: id, result });
  }
  return { tables, gone };
}

/** The other paragraph that owns `name`, with its place among the code paragraphs, counted from 1. */
export function takenBy(
  outline: Outline,
  paragraph: ParagraphId,
  name: string,
): { readonly paragraph: ParagraphId; readonly place: number } | undefined {
  const owner = ownersOf(outline).get(foldName(name));
  if (!owner || owner.id === paragraph || !outline.some((entry) => entry.id === paragraph)) return undefined;
  return { paragraph: owner.id, place: owner.place };
}

/** The name of a gone table that `source` speaks of where the engine could not find one. */
export function goneIn(gone: readonly GoneTable[], said: string): GoneTable | undefined {
  const words = new Set(foldName(said).match(/[\p{L}\p{N}_]+/gu) ?? []);
  return gone.find((table) => words.has(foldName(table.name)));
}

type Owner = { readonly id: ParagraphId; readonly name: string; readonly place: number };

/** By folded name. */
export function ownersOf(outline: Outline): ReadonlyMap<string, Owner> {
  const found = new Map<string, Owner>();
  let place = 0;
  for (const { id, name, code } of outline) {
    if (!code) continue;
    place += 1;
    if (name === undefined) continue;
    const key = foldName(name);
    if (!found.has(key)) found.set(key, { id, name, place });
  }
  return found;
}
