/**
 * Frames of a live socket that are nearly right, and updates of documents that are nearly whole, from a page that is a writer:
 * beside it somebody types, whose edits are acknowledged and stand in the document.
 */
import * as Y from 'yjs';
import { awarenessFrame, controlFrame, syncFrame } from '../../../server/protocol/frames.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { Guest } from '../rooms/guest.ts';
import { type House, NOTEBOOK, openHouse, paragraph, seededFile, TestClock } from '../rooms/house.ts';
import { mutateBytes, mutateJson, mutateText, oneOf, type Random, upTo } from './mutate.ts';
import type { Target } from './target.ts';

const HELLO = { type: 'hello', protocol: 1, person: { id: 'someone', name: 'Some One' }, client: 4711 };
const MESSAGES: readonly object[] = [
  HELLO,
  { ...HELLO, epoch: 'another' },
  { type: 'run', request: 'r', paragraphs: ['first'], after: 0 },
  { type: 'run', request: 'r', after: 100 },
  { type: 'cancel', run: 'x' },
  { type: 'cancel' },
  { type: 'interrupt' },
  { type: 'restart', clear: true },
  { type: 'complete', call: 1, paragraph: 'first', text: 'select ', offset: 7 },
  { type: 'check', call: 3, paragraph: 'first', text: 'select ' },
  { type: 'tables', call: 2 },
  { type: 'file', action: 'use-mine' },
  { type: 'ping' },
];

/** Of the updates: whole ones at places where no page would put anything. */
const STRAY = 0.15;

/** What a document holds, whatever the order in which it came. */
const told = (doc: Y.Doc): string =>
  JSON.stringify([doc.getMap('meta').toJSON(), doc.getMap('paragraphs').toJSON()], (_, value: unknown) =>
    value && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );

const varUint = (value: number): number[] =>
  value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varUint(Math.floor(value / 0x80))];

/** One letter, well formed, between any two that are there, as neighbours or not, in lists and under keys. */
function strayOf(random: Random, doc: Y.Doc): Uint8Array {
  const anyOf = (): number[] | undefined => {
    const structs = oneOf(random, [...doc.store.clients.values()]);
    const struct = structs && oneOf(random, structs);
    if (!struct || random() < 0.2) return undefined;
    return [...varUint(struct.id.client), ...varUint(struct.id.clock + upTo(random, struct.length))];
  };
  const client = oneOf(random, [4711, 4711, 1, 7, 0, 2 ** 32 - 1]);
  const left = anyOf();
  const right = anyOf();
  const kind = 4 | (left ? 0x80 : 0) | (right ? 0x40 : 0);
  const parent = left || right ? [] : [1, 4, ...Buffer.from('meta')];
  return Uint8Array.of(
    ...[1, 1, ...varUint(client), ...varUint(Y.getState(doc.store, client)), kind | (parent.length > 0 ? 0x20 : 0)],
    ...[...(left ?? []), ...(right ?? []), ...parent, ...(parent.length > 0 ? [1, 0x78] : []), 1, 0x79, 0],
  );
}

/** An update that a page could have sent: texts, options, moves, deletions, nested and unknown things. */
function updateOf(random: Random, doc: Y.Doc): Uint8Array {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  // After what is there: as a page that comes back would go on under its own.
  copy.clientID = oneOf(random, [4711, 4711, 4711, 1, 7, 0, 2 ** 32 - 1]);
  const before = Y.encodeStateVector(copy);
  copy.transact(() => {
    const paragraphs = copy.getMap<Y.Map<unknown>>('paragraphs');
    const first = paragraphs.get('first')?.get?.('source');
    const source = first instanceof Y.Text ? first : undefined;
    for (let edits = 1 + upTo(random, 3); edits > 0; edits -= 1) {
      switch (upTo(random, 7)) {
        case 0:
          source?.insert(0, oneOf(random, ['a', '😀', '\u0000', 'x'.repeat(200)]));
          break;
        case 1:
          if (source && source.length > 0) source.delete(0, 1);
          break;
        case 2: {
          const made = new Y.Map<unknown>();
          made.set('interpreter', 'sql');
          made.set('source', new Y.Text('select 2'));
          made.set('position', 'a1');
          made.set('options', new Y.Map());
          paragraphs.set(`p${upTo(random, 50)}`, made);
          break;
        }
        case 3:
          copy
            .getMap('meta')
            .set(
              oneOf(random, ['title', 'front', '__proto__', '']),
              oneOf<unknown>(random, ['x', 1, null, { a: [1] }, 7n, Uint8Array.of(1)]),
            );
          break;
        case 4:
          copy
            .getMap(oneOf(random, ['paragraphs', 'meta', 'other']))
            .set('x', oneOf<unknown>(random, [new Y.Array(), new Y.XmlText('x'), 'text', 5]));
          break;
        case 5:
          paragraphs.get('first')?.set?.('options', oneOf<unknown>(random, [new Y.Map(), 'none', 7]));
          break;
        default:
          paragraphs.get('first')?.set?.('position', oneOf<unknown>(random, ['a0', '', 'zzzz', 9]));
      }
    }
  });
  const update = Y.encodeStateAsUpdate(copy, before);
  copy.destroy();
  return update;
}

const presence = (random: Random): Uint8Array => {
  const state = { person: { id: 'someone', name: 'Some One' }, color: upTo(random, 9), paragraph: 'first' };
  const text = new TextEncoder().encode(JSON.stringify(random() < 0.5 ? state : mutateJson(random, state)));
  return Uint8Array.of(1, 7, 1 + upTo(random, 5), text.length & 0x7f, ...text);
};

function frameOf(random: Random, doc: Y.Doc): Uint8Array {
  switch (upTo(random, 5)) {
    case 0:
      return syncFrame(oneOf(random, [0, 1, 2] as const), Y.encodeStateVector(doc));
    case 1:
      return awarenessFrame(presence(random));
    default: {
      const message = oneOf(random, MESSAGES);
      const mutated = random() < 0.7 ? mutateJson(random, message) : message;
      const text = random() < 0.2 ? mutateText(random, JSON.stringify(mutated)) : (JSON.stringify(mutated) ?? '');
      return Uint8Array.of(8, ...new TextEncoder().encode(text));
    }
  }
}

export async function openFrames(kind: 'frames' | 'updates', random: Random): Promise<Target> {
  const time = new TestClock();
  let house: House = openHouse(openMemory(), time, { attach: seededFile([paragraph('first', 'select 1')], 5) });
  let hostile: { guest: Guest; receive(bytes: Uint8Array): void } | undefined;
  let good = await enter(42, 'ada');
  let sent = 0;
  let last: Uint8Array = controlFrame(HELLO);

  async function enter(client: number, name: string) {
    const guest = new Guest(client);
    // What somebody wrote under the id comes back to whoever claims it again.
    if (name === 'mallory') guest.doc.clientID = 99;
    const visit = house.visit(guest);
    visit.receive(controlFrame({ ...HELLO, client, person: { id: name, name } }));
    await time.pass(0);
    visit.receive(syncFrame(0, Y.encodeStateVector(guest.doc)));
    await time.pass(0);
    return { guest, receive: (bytes: Uint8Array) => visit.receive(bytes), lost: () => visit.lost() };
  }
  const doc = (): Y.Doc => {
    const room = house.rooms.loaded(NOTEBOOK);
    if (!room) throw new Error('the room is gone');
    return room.doc;
  };

  return {
    async attack() {
      if (!hostile || hostile.guest.closed) hostile = await enter(4711, 'mallory');
      const stray = kind === 'updates' && random() < STRAY ? strayOf(random, doc()) : undefined;
      const valid = stray ?? (kind === 'updates' ? updateOf(random, doc()) : frameOf(random, doc()));
      const wounded = !stray && random() < 0.75 ? mutateBytes(random, valid, last) : valid;
      last = valid.length < 4096 ? valid : last;
      const frame = kind === 'updates' ? syncFrame(oneOf(random, [1, 2] as const), wounded) : wounded;
      hostile.receive(frame);
      await time.pass(0);
      // Whoever was sent what is no frame would have thrown.
      hostile.guest.frames.length = 0;
      hostile.guest.bytes.length = 0;
    },
    async serves() {
      if (good.guest.closed) throw new Error(`who did nothing was closed: ${good.guest.closed.reason}`);
      sent += 1;
      // As a page does: what this edit made, not all that waits in its document.
      let update: Uint8Array | undefined;
      const made = (bytes: Uint8Array): void => {
        update = bytes;
      };
      good.guest.doc.on('update', made);
      good.guest.doc.getMap('meta').set('title', `kept ${sent}`);
      good.guest.doc.off('update', made);
      if (update) good.receive(syncFrame(2, update));
      await time.pass(50);
      if (good.guest.acknowledged !== sent)
        throw new Error(
          `acknowledged ${good.guest.acknowledged} of ${sent}: ${JSON.stringify(good.guest.closed)} ${house.warnings.slice(-3).join()}`,
        );
      // Whoever opens it now sees what the server has: nothing stands in it that cannot be said again.
      const fresh = new Y.Doc();
      Y.applyUpdate(fresh, Y.encodeStateAsUpdate(doc()));
      if (told(fresh) !== told(doc())) throw new Error('whoever opens it sees another document');
      fresh.destroy();
      // A writer may write over and delete what another wrote; who sends no updates may not.
      if (kind === 'frames' && !told(doc()).includes(`kept ${sent}`))
        throw new Error('an acknowledged edit is not there');
      const frames = good.guest.frames.filter((frame) => frame.kind === 'acknowledge').slice(-1);
      good.guest.frames.splice(0, Number.POSITIVE_INFINITY, ...frames);
      good.guest.bytes.length = 0;
    },
    async renew() {
      good.lost();
      await house.close();
      house = openHouse(openMemory(), time, { attach: seededFile([paragraph('first', 'select 1')], 5) });
      hostile = undefined;
      sent = 0;
      good = await enter(42, 'ada');
    },
    problems: () => house.warnings.filter((one) => one.startsWith('a message failed')),
    close: () => house.close(),
  };
}
