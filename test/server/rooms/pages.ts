/** Pages of people who write together and apart, and the order of Yjs's lists that comes of it. */
import * as Y from 'yjs';
import { mendRedone } from '../../../client/live/redone.ts';
import {
  deleteParagraph,
  insertParagraph,
  mergeParagraphs,
  metaOf,
  moveParagraph,
  orderOf,
  paragraphsOf,
  restoreParagraph,
  setName,
  setOption,
  setTitle,
  sourceOf,
  splitParagraph,
} from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { paragraph } from './house.ts';

export type Page = { readonly doc: Y.Doc; readonly undo: Y.UndoManager; readonly out: Uint8Array[]; online: boolean };

export const told = (doc: Y.Doc): unknown => [metaOf(doc).toJSON(), paragraphsOf(doc).toJSON()];

export type Place = readonly [client: number, clock: number];

const varUint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varUint(Math.floor(value / 0x80))];

/** A letter of `client` at `clock`, right of one and left of another; in the text of 5 if it has neither. */
export function letter(id: Place, left?: Place, right?: Place, text = Y.createID(5, 0), code = 0x61 + (id[0] % 26)) {
  const parent = left || right ? [] : [0, text.client, text.clock];
  const kind = 4 | (left ? 0x80 : 0) | (right ? 0x40 : 0);
  const places = [...(left ?? []), ...(right ?? []), ...parent].flatMap(varUint);
  return Uint8Array.of(1, 1, ...id.flatMap(varUint), kind, ...places, 1, code, 0);
}

export function pageOf(server: Y.Doc, random: () => number): Page {
  const doc = new Y.Doc();
  doc.clientID = 1 + Math.floor(random() * 2 ** 31);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(server), 'server');
  const page: Page = {
    doc,
    out: [],
    online: true,
    undo: new Y.UndoManager([paragraphsOf(doc), metaOf(doc)], {
      trackedOrigins: new Set(['me']),
      captureTimeout: random() < 0.5 ? 0 : 500,
    }),
  };
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin !== 'server') page.out.push(update);
  });
  mendRedone(doc, page.undo);
  return page;
}

export function edit({ doc, undo }: Page, random: () => number, name: string): void {
  const upTo = (most: number): number => Math.floor(random() * most);
  const order = [...paragraphsOf(doc).keys()] as ParagraphId[];
  const id = order[upTo(order.length)];
  const other = order[upTo(order.length)];
  const source = id && sourceOf(doc, id);
  const at = upTo((source?.length ?? 0) + 1);
  const bin = { by: 'ada', at: 1 };
  const acts: readonly (() => void)[] = [
    () => insertParagraph(doc, paragraph(name, 'from x'), orderOf(doc)[0], 'me'),
    () => undo.undo(),
    () => undo.redo(),
    () => {
      const steps = 1 + upTo(4);
      for (let step = 0; step < steps; step += 1) undo.undo();
      for (let step = upTo(steps); step < steps; step += 1) undo.redo();
    },
    () => setTitle(doc, name, 'me'),
    () => id && setOption(doc, id, 'height', random() < 0.3 ? undefined : upTo(9), 'me'),
    () => id && setName(doc, id, random() < 0.3 ? '' : name, 'me'),
    () => id && moveParagraph(doc, id, other, 'me'),
    () => id && deleteParagraph(doc, id, bin, 'me'),
    () => id && restoreParagraph(doc, id, 'me'),
    () => id && splitParagraph(doc, id, at, name as ParagraphId, 'me'),
    () => id && other && id !== other && mergeParagraphs(doc, id, other, bin, 'me'),
    () => source && at < source.length && doc.transact(() => source.delete(at, 1), 'me'),
    () => source && doc.transact(() => source.insert(at, ['a', '😀', 'bc', '()'][upTo(4)]!), 'me'),
    () => source && doc.transact(() => source.insert(at, 'x'), 'me'),
  ];
  acts[upTo(acts.length)]?.();
}
