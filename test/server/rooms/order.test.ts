import { expect, it } from 'vitest';
import * as Y from 'yjs';
import { insertParagraph, paragraphsOf, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { type Decoded, inspectUpdate } from '../../../server/rooms/inspect.ts';
import { type Taken, trackUnderway, type Underway } from '../../../server/rooms/underway.ts';
import { paragraph, seeded } from './house.ts';
import { edit, letter, type Page, type Place, pageOf, told } from './pages.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 30);
const taken = (doc: Y.Doc, update: Uint8Array, server: Underway = trackUnderway(() => doc)): Taken => {
  const inspection = inspectUpdate(doc, update);
  return inspection.state === 'fine' ? server.take(inspection.decoded) : inspection;
};

type Made = { readonly id: Place; readonly needs: readonly Made[]; readonly update: Uint8Array };

function fine(doc: Y.Doc, update: Uint8Array): { readonly decoded: Decoded } {
  const inspection = inspectUpdate(doc, update);
  if (inspection.state !== 'fine') throw new Error(inspection.detail);
  return inspection;
}

/** Each after what it names, and after the one before it of its client. */
function shuffled(made: readonly Made[], base: Uint8Array, upTo: (most: number) => number): Uint8Array[] {
  const order: Made[] = [];
  const left = new Set(made);
  while (left.size > 0) {
    const ready = [...left].filter(
      (one) =>
        one.needs.every((other) => !left.has(other)) &&
        ![...left].some(({ id: [client, clock] }) => client === one.id[0] && clock < one.id[1]),
    );
    const next = ready[upTo(ready.length)]!;
    left.delete(next);
    order.push(next);
  }
  return [base, ...order.map(({ update }) => update)];
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

it('a letter over what its neighbours were put beside is refused', () => {
  // The d was put right of the a: whoever knows it knows that the a stands before it.
  expect(short().place([3, 0], undefined, [4, 0])).toBe('refused');
  const { doc, place } = short();
  Y.applyUpdate(doc, letter([3, 0], [1, 0], [4, 0]));
  Y.applyUpdate(doc, letter([2, 0], [3, 0], [4, 0]));
  expect(place([6, 0], [1, 0], [2, 0])).toBe('refused');
  Y.applyUpdate(doc, letter([7, 0], [1, 0], [3, 0]));
  expect(place([6, 0], [7, 0], [4, 0])).toBe('refused');
  expect(place([6, 0], [7, 0], [3, 0])).toBe('taken');
});

it('a letter over what its neighbours do not know of is taken, though its maker did', () => {
  const { doc, place } = short();
  Y.applyUpdate(doc, letter([3, 0], [1, 0], [4, 0]));
  expect(place([3, 1], [1, 0], [4, 0])).toBe('taken');
  expect(place([2, 0], [1, 0], [4, 0])).toBe('taken');
});

it('a letter between two that came to the same place is taken, and not the other way round', () => {
  const { doc, place } = short();
  for (const client of [2, 3, 6]) Y.applyUpdate(doc, letter([client, 0], [1, 0], [4, 0]));
  expect(place([7, 0], [2, 0], [3, 0])).toBe('taken');
  expect(place([7, 0], [2, 0], [6, 0])).toBe('taken');
  expect(place([7, 0], [6, 0], [2, 0])).toBe('refused');
});

it('a letter from the text to the value of a key is refused', () => {
  const { doc, place } = short();
  doc.getMap('meta').set('title', 'x');
  expect(place([3, 0], [1, 0], [5, Y.getState(doc.store, 5) - 1])).toBe('refused');
});

it('what is on the way counts as there', () => {
  const { doc } = short();
  const underway = trackUnderway(() => doc);
  const send = (...args: Parameters<typeof letter>): string => taken(doc, letter(...args), underway).state;
  expect(send([3, 0], [1, 0], [4, 0])).toBe('taken');
  expect(send([2, 0], [1, 0], [4, 0])).toBe('taken');
  expect(send([6, 0], [3, 0], [2, 0])).toBe('refused');
  expect(send([6, 0], [2, 0], [3, 0])).toBe('taken');
  expect(send([7, 0], [2, 0], [3, 0])).toBe('taken');
  // Between the two before, which came to the same place.
  expect(send([8, 0], [7, 0], [6, 0])).toBe('refused');
  expect(send([8, 0], [6, 0], [7, 0])).toBe('taken');
});

it('letters that name each other in a circle are refused', () => {
  const one = letter([6, 0], [7, 0]).slice(1, -1);
  const other = letter([7, 0], [6, 0]).slice(1, -1);
  expect(taken(short().doc, Uint8Array.of(2, ...one, ...other, 0))).toEqual({
    state: 'refused',
    detail: 'it puts something where no page would',
  });
});

it('what failed on its way is taken when it is sent again, and nothing that builds on it before', () => {
  const { doc } = short();
  const underway = trackUnderway(() => doc);
  const first = taken(doc, letter([3, 0], [1, 0], [4, 0]), underway);
  const second = taken(doc, letter([3, 1], [3, 0], [4, 0]), underway);
  if (first.state !== 'taken' || second.state !== 'taken') throw new Error('it was refused');
  first.arrived();
  expect(taken(doc, letter([3, 1], [3, 0], [4, 0]), underway).state).toBe('refused');
  second.arrived();
  expect(taken(doc, letter([3, 0], [1, 0], [4, 0]), underway).state).toBe('taken');
  expect(taken(doc, letter([3, 1], [3, 0], [4, 0]), underway).state).toBe('taken');
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

it('whatever is taken stands in one order, in whatever order it comes', () => {
  const seed = Number(process.env.SEED ?? 1);
  const random = seeded(seed);
  const upTo = (most: number): number => Math.floor(random() * most);
  let taken = 0;
  for (let round = 0; round < 10 * ROUNDS; round += 1) {
    const doc = new Y.Doc();
    const source = new Y.Text();
    paragraphsOf(doc).set('p', source);
    const base = Y.encodeStateAsUpdate(doc);
    const parent = source._item!.id;
    const underway = trackUnderway(() => doc);
    const made: Made[] = [];
    const clocks = [0, 0, 0, 0];
    const ways: (() => void)[] = [];
    for (let step = 0; step < 60 && made.length < 12; step += 1) {
      if (upTo(3) === 0) ways.shift()?.();
      const client = 1 + upTo(3);
      const id = [client, clocks[client]!] as const;
      const [left, right] = [0, 1].map(() => made[upTo(made.length + 1)]);
      const update = letter(id, left?.id, right?.id, parent, 0x61 + made.length);
      const { decoded } = fine(doc, update);
      const one = underway.take(decoded);
      if (one.state === 'refused') continue;
      taken += 1;
      clocks[client]! += 1;
      made.push({ id, needs: [left, right].filter((other) => other !== undefined), update });
      ways.push(() => {
        Y.applyUpdate(doc, update);
        one.arrived();
      });
    }
    for (const arrive of ways) arrive();
    const orders = [Y.encodeStateAsUpdate(doc), ...[1, 2, 3, 4, 5].map(() => shuffled(made, base, upTo))];
    for (const state of orders) {
      const fresh = new Y.Doc();
      for (const update of Array.isArray(state) ? state : [state]) Y.applyUpdate(fresh, update);
      expect(told(fresh), `round ${round} of seed ${seed}`).toEqual(told(doc));
    }
  }
  expect(taken).toBeGreaterThan(50 * ROUNDS);
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
      const one = underway.take(inspection.decoded);
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

it('an undo is taken where what it puts back lies in what was put back before, over what came since', () => {
  const server = new Y.Doc();
  insertParagraph(server, paragraph('p0', 'select 1'), undefined);
  const underway = trackUnderway(() => server);
  const send = (page: Page): void => {
    for (const update of page.out.splice(0)) {
      expect(taken(server, update, underway).state).toBe('taken');
      Y.applyUpdate(server, update);
    }
  };
  const page = pageOf(server, () => 0);
  page.doc.clientID = 7;
  const id = 'p1' as ParagraphId;
  insertParagraph(page.doc, paragraph(id, 'abd'), undefined, 'me');
  page.doc.transact(() => sourceOf(page.doc, id)?.insert(2, 'c'), 'me');
  page.undo.undo();
  page.undo.undo();
  page.undo.redo();
  send(page);
  for (const [client, at] of [
    [3, 1],
    [9, 1],
  ] as const) {
    const colleague = pageOf(server, () => 0);
    colleague.doc.clientID = client;
    colleague.doc.transact(() => sourceOf(colleague.doc, id)?.insert(at, 'x'), 'me');
    send(colleague);
  }
  Y.applyUpdate(page.doc, Y.encodeStateAsUpdate(server), 'server');
  page.undo.redo();
  expect(page.out).toHaveLength(1);
  send(page);
  const fresh = new Y.Doc();
  Y.applyUpdate(fresh, Y.encodeStateAsUpdate(server));
  expect(told(fresh)).toEqual(told(server));
});
