import { expect, it } from 'vitest';
import * as Y from 'yjs';
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
import { inspectUpdate } from '../../../server/rooms/inspect.ts';
import { type Taken, trackUnderway } from '../../../server/rooms/underway.ts';
import { paragraph, seeded } from './house.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 30);
type Page = { readonly doc: Y.Doc; readonly undo: Y.UndoManager; readonly out: Uint8Array[]; online: boolean };

const taken = (doc: Y.Doc, update: Uint8Array, server = trackUnderway(() => doc)): Taken => {
  const inspection = inspectUpdate(doc, update);
  return inspection.state === 'fine' ? server.take(update, inspection.decoded) : inspection;
};

/** A letter of `client` at `clock`, right of one and left of another; under a root it has neither. */
function letter(id: readonly [number, number], left?: readonly [number, number], right?: readonly [number, number]) {
  const parent = left || right ? [] : [0, 5, 0];
  const kind = 4 | (left ? 0x80 : 0) | (right ? 0x40 : 0);
  return Uint8Array.of(1, 1, ...id, kind, ...(left ?? []), ...(right ?? []), ...parent, 1, 0x61 + id[0], 0);
}

/** A source of "ad": 5 made the paragraph, 1 wrote the a, 4 the d behind it. */
function short(): { readonly doc: Y.Doc; readonly place: (...args: Parameters<typeof letter>) => string } {
  const doc = new Y.Doc();
  doc.clientID = 5;
  const source = new Y.Text();
  paragraphsOf(doc).set('p', new Y.Map([['source', source]]));
  const parent = source._item?.id;
  if (!parent) throw new Error('it has no place');
  for (const [client, at] of [
    [1, 0],
    [4, 1],
  ] as const) {
    const page = new Y.Doc();
    Y.applyUpdate(page, Y.encodeStateAsUpdate(doc));
    page.clientID = client;
    const text = paragraphsOf(page).get('p');
    if (text instanceof Y.Map) text.get('source').insert(at, client === 1 ? 'a' : 'd');
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(page));
  }
  return { doc, place: (...args) => taken(doc, letter(...args)).state };
}

it('a letter between two that are neighbours is taken, at each end too', () => {
  expect(short().place([3, 0], [1, 0], [4, 0])).toBe('taken');
  expect(short().place([3, 0], undefined, [1, 0])).toBe('taken');
  expect(short().place([3, 0], [4, 0])).toBe('taken');
});

it('a letter on both sides of one other, or on the wrong ones, is refused', () => {
  expect(short().place([3, 0], [1, 0], [1, 0])).toBe('refused');
  expect(short().place([3, 0], [4, 0], [1, 0])).toBe('refused');
});

it('a letter over what its maker must have known is refused', () => {
  // The d was made behind the a: whoever knows it knows that the a has no end to its right.
  expect(short().place([3, 0], undefined, [4, 0])).toBe('refused');
  const { doc, place } = short();
  Y.applyUpdate(doc, letter([3, 0], [1, 0], [4, 0]));
  expect(place([3, 1], [1, 0], [4, 0])).toBe('refused');
  expect(place([2, 0], [1, 0], [4, 0])).toBe('taken');
});

it('a letter from the text to the value of a key is refused', () => {
  const { doc, place } = short();
  doc.getMap('meta').set('title', 'x');
  expect(place([3, 0], [1, 0], [5, Y.getState(doc.store, 5) - 1])).toBe('refused');
});

it('what is on the way counts as there', () => {
  const { doc } = short();
  const underway = trackUnderway(() => doc);
  expect(taken(doc, letter([3, 0], [1, 0], [4, 0]), underway).state).toBe('taken');
  expect(taken(doc, letter([3, 1], [1, 0], [4, 0]), underway).state).toBe('refused');
  expect(taken(doc, letter([3, 1], [1, 0], [3, 0]), underway).state).toBe('taken');
  expect(taken(doc, letter([2, 0], [1, 0], [4, 0]), underway).state).toBe('taken');
});

it('who opens it later would see another text, had that been taken', () => {
  const { doc } = short();
  const mine = letter([3, 0], [1, 0]);
  expect(taken(doc, mine).state).toBe('taken');
  Y.applyUpdate(doc, mine);
  const over = letter([6, 0], undefined, [3, 0]);
  expect(taken(doc, over)).toEqual({ state: 'refused', detail: 'it puts something where no page would' });
  Y.applyUpdate(doc, over);
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(doc));
  expect(told(fresh)).not.toEqual(told(doc));
});

it('no page is refused, whatever its people write, delete, undo, split and merge, together or apart', () => {
  const seed = Number(process.env.SEED ?? 1);
  const random = seeded(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  for (let round = 0; round < ROUNDS; round += 1) {
    const server = new Y.Doc();
    insertParagraph(server, paragraph('p0', 'select 1'), undefined);
    const underway = trackUnderway(() => server);
    const ways: { readonly update: Uint8Array; readonly arrived: () => void }[] = [];
    const pages: Page[] = Array.from({ length: 3 }, () => pageOf(server, random));
    const deliver = (): void => {
      const next = ways.shift();
      if (!next) return;
      Y.applyUpdate(server, next.update);
      next.arrived();
      for (const page of pages) if (page.online) Y.applyUpdate(page.doc, next.update, 'server');
    };
    const send = (update: Uint8Array): void => {
      const inspection = inspectUpdate(server, update);
      expect(inspection.state, `round ${round} of seed ${seed}`).toBe('fine');
      if (inspection.state !== 'fine' || inspection.known) return;
      const one = underway.take(update, inspection.decoded);
      if (one.state === 'refused') throw new Error(`round ${round} of seed ${seed}: ${one.detail}`);
      ways.push({ update, arrived: one.arrived });
    };
    for (let step = 0; step < 120; step += 1) {
      const page = pages[upTo(pages.length)]!;
      if (upTo(3) === 0) deliver();
      else if (upTo(30) === 0) {
        page.online = !page.online;
        const missed = Y.encodeStateAsUpdate(server, Y.encodeStateVector(page.doc));
        if (page.online) Y.applyUpdate(page.doc, missed, 'server');
      } else edit(page, random, `r${round}s${step}`);
      if (!page.online) continue;
      // As a page that comes back: in one, against what the server has.
      if (page.out.length > 20) {
        while (ways.length > 0) deliver();
        page.out.length = 0;
        Y.applyUpdate(page.doc, Y.encodeStateAsUpdate(server, Y.encodeStateVector(page.doc)), 'server');
        send(Y.encodeStateAsUpdate(page.doc, Y.encodeStateVector(server)));
      }
      for (const update of page.out.splice(0)) send(update);
    }
    while (ways.length > 0) deliver();
    const fresh = new Y.Doc();
    Y.applyUpdate(fresh, Y.encodeStateAsUpdate(server));
    expect(told(fresh), `round ${round} of seed ${seed}`).toEqual(told(server));
  }
});

const told = (doc: Y.Doc): unknown => [metaOf(doc).toJSON(), paragraphsOf(doc).toJSON()];

function pageOf(server: Y.Doc, random: () => number): Page {
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
  return page;
}

function edit({ doc, undo }: Page, random: () => number, name: string): void {
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
