/** What a page could not have made is told in large documents too, at a cost that does not grow with them. */
import { isDeepStrictEqual } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { insertParagraph, sourceOf } from '../../../server/protocol/document.ts';
import { inspectUpdate } from '../../../server/rooms/inspect.ts';
import { type Taken, trackUnderway, type Underway } from '../../../server/rooms/underway.ts';
import { paragraph, seeded } from './house.ts';
import { edit, letter, type Page, type Place, pageOf, told } from './pages.ts';

const STRUCTS = 100_000;
/** Of each of two who wrote at one place. */
const APART = 2_500;
/** For an edit, where four people write at the same few places. */
const STEPS_EACH = 50;

/** A text of STRUCTS letters, each an item; and two people wrote some into its middle without knowing of each other. */
function largeState(): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = 5;
  insertParagraph(doc, paragraph('p0', 'select 1'), undefined);
  doc.transact(() => {
    for (let at = 0; at < STRUCTS; at += 1) sourceOf(doc, 'p0')!.insert(0, 'b');
  });
  const states = [2, 9].map((client) => {
    const own = new Y.Doc();
    Y.applyUpdate(own, Y.encodeStateAsUpdate(doc));
    own.clientID = client;
    own.transact(() => {
      for (let at = 0; at < APART; at += 1) sourceOf(own, 'p0')!.insert(STRUCTS / 2, 'a');
    });
    return Y.encodeStateAsUpdate(own, Y.encodeStateVector(doc));
  });
  return Y.mergeUpdates([Y.encodeStateAsUpdate(doc), ...states]);
}

let state: Uint8Array;
beforeAll(() => {
  state = largeState();
});

function open(cost = { steps: 0 }): { readonly doc: Y.Doc; readonly underway: Underway } {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  return { doc, underway: trackUnderway(() => doc, cost) };
}

function send({ doc, underway }: ReturnType<typeof open>, update: Uint8Array): Taken {
  const inspection = inspectUpdate(doc, update);
  return inspection.state === 'fine' ? underway.take(inspection.decoded) : inspection;
}

/** The letters of the text as they stand. */
function lettersOf(doc: Y.Doc): readonly Y.Item[] {
  const letters: Y.Item[] = [];
  for (let item = sourceOf(doc, 'p0')!._start; item; item = item.right) letters.push(item);
  return letters;
}
const firstOf = ({ id }: Y.Item): Place => [id.client, id.clock];
const lastOf = ({ id, length }: Y.Item): Place => [id.client, id.clock + length - 1];

describe('a document of 100,000 items', () => {
  it('takes what pages make together and apart, and looks at a few items for each edit', { timeout: 120_000 }, () => {
    const seed = Number(process.env.SEED ?? 1);
    const random = seeded(seed);
    const upTo = (most: number): number => Math.floor(random() * most);
    const cost = { steps: 0 };
    const server = open(cost);
    const pages: Page[] = Array.from({ length: 4 }, () => pageOf(server.doc, random));
    const ways: (() => void)[] = [];
    let sent = 0;
    const post = (update: Uint8Array): void => {
      const one = send(server, update);
      if (one.state === 'refused') throw new Error(`after ${sent} of seed ${seed}: ${one.detail}`);
      sent += 1;
      ways.push(() => {
        Y.applyUpdate(server.doc, update);
        one.arrived();
        for (const page of pages) if (page.online) Y.applyUpdate(page.doc, update, 'server');
      });
    };
    for (let step = 0; step < 1_500; step += 1) {
      const page = pages[upTo(pages.length)]!;
      if (upTo(3) === 0) ways.shift()?.();
      else if (upTo(40) === 0) {
        page.online = !page.online;
        const missed = Y.encodeStateAsUpdate(server.doc, Y.encodeStateVector(page.doc));
        if (page.online) Y.applyUpdate(page.doc, missed, 'server');
      } else if (upTo(2) === 0) {
        // Where the others write too.
        const source = sourceOf(page.doc, 'p0')!;
        page.doc.transact(() => source.insert(upTo(6), 'xyz'[upTo(3)]!), 'me');
      } else edit(page, random, `s${step}`);
      if (page.online) for (const update of page.out.splice(0)) post(update);
    }
    for (const arrive of ways) arrive();
    expect(sent).toBeGreaterThan(500);
    expect(cost.steps / sent).toBeLessThan(STEPS_EACH);
    const fresh = new Y.Doc();
    Y.applyUpdate(fresh, Y.encodeStateAsUpdate(server.doc));
    // The difference of such texts takes minutes to find.
    expect(isDeepStrictEqual(told(fresh), told(server.doc))).toBe(true);
  });

  it('refuses a letter where no page would put one, in the document or on the way', () => {
    const letters = lettersOf(open().doc);
    expect(letters.length).toBeGreaterThan(STRUCTS / 2);
    const end = (at: number): Place => lastOf(letters.at(at)!);
    const start = (at: number): Place => firstOf(letters.at(at)!);
    const cases: readonly (readonly [Place | undefined, Place | undefined])[] = [
      [end(10), start(20)],
      [end(20), start(10)],
      [end(0), start(-1)],
      [end(-1), start(0)],
      [undefined, start(STRUCTS / 2 + APART)],
      [end(0), undefined],
    ];
    for (const [left, right] of cases) {
      const server = open();
      expect(send(server, letter([77, 0], left, right)).state, `${left} to ${right}`).toBe('refused');
      expect(send(server, letter([77, 0], end(10), start(11))).state).toBe('taken');
      expect(send(server, letter([78, 0], end(10), start(11))).state).toBe('taken');
      // Over what is on the way.
      expect(send(server, letter([79, 0], [78, 0], [77, 0])).state).toBe('refused');
      expect(send(server, letter([79, 0], [77, 0], [78, 0])).state).toBe('taken');
      expect(send(server, letter([77, 1], [77, 0], [79, 0])).state).toBe('taken');
      expect(send(server, letter([79, 1], [77, 0], [79, 0])).state).toBe('taken');
      expect(send(server, letter([80, 0], [77, 0], start(11))).state).toBe('taken');
      expect(send(server, letter([81, 0], end(10), [77, 1])).state).toBe('refused');
    }
  });

  it('reads a list once for one update, however many places are asked for', () => {
    const cost = { steps: 0 };
    const server = open(cost);
    const places = lettersOf(server.doc).map(firstOf);
    // Of each of the two who wrote: every letter of one stands before every letter of the other, in some order.
    const [ones, others] = [2, 9].map((client) => places.filter(([id]) => id === client));
    const parts = Array.from({ length: 300 }, (_, at) =>
      letter([77, at], ones![at * 7]!, others![others!.length - 1 - at * 7]!).slice(4, -1),
    );
    const update = Uint8Array.of(1, ...[0xac, 2], 77, 0, ...parts.flatMap((part) => [...part]), 0);
    send(server, update);
    expect(cost.steps).toBeLessThan(4 * STRUCTS);
  });
});
