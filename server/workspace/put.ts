/**
 * A notebook's file written: temporary file → the old file is opened → rename → the old file is read once more. Whoever
 * wrote into it between the last look and the rename made an outside change too: it is taken in, or kept aside where it
 * is no notebook.
 */
import type { KnownBase } from '../storage/format/print.ts';
import type { Bases } from './bases.ts';
import type { FileContext, FilePath } from './context.ts';
import { changeOf, OUTSIDE } from './outside.ts';
import { decodeText } from './text.ts';

export type Put = {
  readonly path: FilePath;
  /** Who edited last. */
  readonly by: string | undefined;
  /** What the file says, if that is known. */
  readonly old: KnownBase | undefined;
  /** What it is to say; its base is in the log already. */
  readonly next: KnownBase;
};

/** Whether an outside change was taken in: then the file is to be written again. */
export async function putFile(
  context: Pick<FileContext, 'steps' | 'report' | 'onText' | 'room' | 'languages' | 'makeId' | 'now'>,
  bases: Pick<Bases, 'reached' | 'takeIn'>,
  { path: { absolute, relative }, by, old, next }: Put,
): Promise<boolean> {
  const { steps, report, onText, room } = context;
  const temporary = await steps.writeTemporary(absolute, new TextEncoder().encode(next.text));
  const held = await steps.hold(absolute);
  let left: Uint8Array | undefined;
  try {
    await steps.replace(temporary, absolute);
    bases.reached(next);
    left = await held?.read();
  } finally {
    await held?.close();
  }
  onText(next.text, by);
  if (!left || !old || Buffer.from(old.text).equals(left)) return false;
  const decoded = decodeText(left);
  const change = 'text' in decoded ? changeOf(room.doc, old, decoded.text, OUTSIDE, context) : { failure: decoded };
  if ('failure' in change) {
    const kept = await steps.setAside(absolute, left);
    report(`the file ${relative} changed while it was written, to what is no notebook; it is kept as ${kept}`);
    return false;
  }
  if (!change.update) return false;
  await bases.takeIn(change.update, next);
  return true;
}
