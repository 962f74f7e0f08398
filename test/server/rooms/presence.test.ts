import * as encoding from 'lib0/encoding';
import { describe, expect, test } from 'vitest';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { PersonId } from '../../../server/protocol/ids.ts';
import { CLOSE } from '../../../server/protocol/messages.ts';
import { TELL_MS } from '../../../server/rooms/crowd.ts';
import { MOST_TOLD } from '../../../server/rooms/present.ts';
import type { HeldRoom } from '../../../server/rooms/room.ts';
import { openMemory } from '../../../server/storage/disk/memory.ts';
import { type Guest, join, roomOn } from './guest.ts';
import { TestClock } from './house.ts';

const person = (id: string) => ({ person: { id, name: id.toUpperCase() }, color: 3 });

function saying(client: number, state: unknown, clock = 1): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  });
}

/** Who is here, as a page with y-protocols sees it after all frames this guest got. */
function seenBy(guest: Guest): string[] {
  const awareness = new Awareness(new Y.Doc());
  for (const frame of guest.frames) {
    if (frame.kind === 'awareness') applyAwarenessUpdate(awareness, frame.update, 'remote');
  }
  const names = [...awareness.getStates().values()].flatMap((state) => (state.person ? [state.person.name] : []));
  awareness.destroy();
  return names.sort();
}

async function two(): Promise<{ time: TestClock; room: HeldRoom; ada: Guest; ben: Guest }> {
  const time = new TestClock();
  const room = await roomOn(openMemory(), time);
  const [ada, ben] = [join(room, 'ada', 101), join(room, 'ben', 102)];
  await time.pass(0);
  return { time, room, ada, ben };
}

describe('presence', () => {
  test('is relayed as y-protocols has it, to whoever is there and whoever comes', async () => {
    const { time, room, ada, ben } = await two();
    const awareness = new Awareness(ada.doc);
    awareness.setLocalState(person('ada'));
    ada.peer.awareness(encodeAwarenessUpdate(awareness, [101]));
    awareness.destroy();
    await time.pass(0);
    expect(seenBy(ben)).toEqual(['ADA']);
    expect(seenBy(join(room, 'cem', 103))).toEqual(['ADA']);
  });

  test('ends with its connection', async () => {
    const { time, ada, ben } = await two();
    ada.peer.awareness(saying(101, person('ada')));
    await time.pass(0);
    ada.peer.leave();
    await time.pass(0);
    expect(seenBy(ben)).toEqual([]);
  });

  test('goes over to the same person’s next connection, and does not end with the old one', async () => {
    const { time, room, ada, ben } = await two();
    ada.peer.awareness(saying(101, person('ada')));
    const again = join(room, 'ada', 101);
    again.peer.awareness(saying(101, person('ada'), 2));
    ada.peer.leave();
    await time.pass(0);
    expect(again.closed).toBeUndefined();
    expect(seenBy(ben)).toEqual(['ADA']);
  });

  test('brings a new name, which runs then bear', async () => {
    const { ada } = await two();
    ada.peer.awareness(saying(101, { ...person('ada'), person: { id: 'ada', name: 'Countess' } }));
    expect(ada.peer.who).toEqual({ id: 'ada', name: 'Countess' });
  });

  test.each([
    ['another person', saying(101, person('ben'))],
    ['nobody', saying(101, { color: 3 })],
    ['a colour there is not', saying(101, { ...person('ada'), color: 9 })],
    ['a list', saying(101, [])],
    ['too much', saying(101, { ...person('ada'), more: 'x'.repeat(5000) })],
    ['two at once', Uint8Array.of(2, ...saying(101, null).slice(1), ...saying(102, null).slice(1))],
    ['garbage', Uint8Array.of(1, 255, 255)],
  ])('that speaks for %s closes that connection, and is not relayed', async (_what, update) => {
    const { time, ada, ben } = await two();
    ada.peer.awareness(update);
    await time.pass(0);
    expect(ada.closed?.code).toBe(CLOSE.badMessage);
    expect(ben.frames.some((frame) => frame.kind === 'awareness')).toBe(false);
    expect(ben.closed).toBeUndefined();
  });

  test('of one connection is one client, and not that of another person', async () => {
    const { ada, ben } = await two();
    ada.peer.awareness(saying(101, person('ada')));
    ben.peer.awareness(saying(101, person('ben')));
    expect(ben.closed?.code).toBe(CLOSE.badMessage);
    ada.peer.awareness(saying(999, person('ada')));
    expect(ada.closed?.code).toBe(CLOSE.badMessage);
  });

  test('under an id that somebody edited with is theirs alone, also while their line is down', async () => {
    const { time, room, ada, ben } = await two();
    const cem = join(room, 'cem', 103);
    // Taken before the first edit: it goes back with that.
    cem.peer.awareness(saying(101, person('cem')));
    ada.edit((doc) => doc.getMap('any').set('x', 1));
    await time.pass(0);
    ada.peer.leave();
    ben.peer.awareness(saying(101, person('ben')));
    expect(ben.closed?.code).toBe(CLOSE.badMessage);
    const again = join(room, 'ada', 101);
    again.peer.awareness(saying(101, person('ada'), 2));
    await time.pass(0);
    expect(again.closed).toBeUndefined();
    expect(seenBy(again)).not.toContain('BEN');
  });

  test('of an account bears the account’s name, whatever the page says', async () => {
    const { time, room, ben } = await two();
    const cem = join(room, 'cem', 103);
    cem.peer.leave();
    const peer = room.join(cem, { id: 'cem' as PersonId, name: 'Cem by account' }, 104, true);
    for (const [clock, name] of ['ben', 'cem'].entries()) {
      peer.awareness(saying(104, person(name), clock + 1));
      await time.pass(0);
      expect(seenBy(ben)).toEqual(['Cem by account']);
    }
    expect(peer.who).toEqual({ id: 'cem', name: 'Cem by account' });
  });

  test('of who comes later is made once for all of them', async () => {
    const { time, room, ada } = await two();
    ada.peer.awareness(saying(101, person('ada')));
    await time.pass(0);
    const [cem, dan] = [join(room, 'cem', 103), join(room, 'dan', 104)];
    const told = (guest: Guest) => guest.bytes.filter((_, index) => guest.frames[index]?.kind === 'awareness');
    expect(told(cem)).toHaveLength(1);
    expect(told(cem)[0]).toBe(told(dan)[0]);
  });

  test('of a crowd is told of a bounded number, whoever moves and whoever is there when one leaves among them', async () => {
    const { time, room, ada } = await two();
    const crowd = Array.from({ length: MOST_TOLD + 50 }, (_, index) => {
      const id = `c${String(index).padStart(3, '0')}`;
      const guest = join(room, id, 1000 + index);
      guest.peer.awareness(saying(1000 + index, person(id)));
      return { id: id.toUpperCase(), guest };
    });
    await time.pass(100);
    expect(seenBy(ada)).toEqual(crowd.slice(0, MOST_TOLD).map(({ id }) => id));
    expect(seenBy(join(room, 'new', 5000))).toHaveLength(MOST_TOLD);

    const last = crowd.at(-1)!;
    last.guest.peer.awareness(saying(1000 + crowd.length - 1, person(last.id.toLowerCase()), 2));
    await time.pass(100);
    expect(seenBy(ada)).not.toContain(last.id);
    last.guest.peer.awareness(
      saying(1000 + crowd.length - 1, { ...person(last.id.toLowerCase()), paragraph: 'first' }, 3),
    );
    await time.pass(100);
    expect(seenBy(ada)).toContain(last.id);
    expect(seenBy(ada)).not.toContain('C000');
    expect(seenBy(ada)).toHaveLength(MOST_TOLD);

    crowd[1]!.guest.peer.leave();
    await time.pass(100);
    expect(seenBy(ada)).not.toContain('C001');
    expect(seenBy(ada)).toContain(`C${MOST_TOLD}`);
    for (const { guest } of crowd) guest.peer.leave();
    await time.pass(100);
    expect(seenBy(ada)).toEqual([]);
  });

  test('of a crowd the others are a number, told now and then to all, and to whoever comes', async () => {
    const { time, room, ada } = await two();
    const others = (guest: Guest) =>
      guest.frames.flatMap((frame) => {
        const message = frame.kind === 'control' ? (frame.message as { type: string; others?: number }) : undefined;
        return message?.type === 'crowd' ? [message.others] : [];
      });
    const crowd = Array.from({ length: MOST_TOLD + 50 }, (_, index) => {
      const guest = join(room, `c${index}`, 1000 + index);
      guest.peer.awareness(saying(1000 + index, person(`c${index}`)));
      return guest;
    });
    expect(others(ada)).toEqual([]);
    await time.pass(TELL_MS);
    expect(others(ada)).toEqual([50]);
    expect(others(join(room, 'new', 5000))).toEqual([50]);
    // Whoever moves takes the place of another: as many as before.
    crowd
      .at(-1)!
      .peer.awareness(saying(1000 + crowd.length - 1, { ...person(`c${crowd.length - 1}`), paragraph: 'a' }, 2));
    await time.pass(10 * TELL_MS);
    for (const guest of crowd.slice(0, 20)) guest.peer.leave();
    await time.pass(TELL_MS);
    for (const guest of crowd.slice(20)) guest.peer.leave();
    await time.pass(10 * TELL_MS);
    expect(others(ada)).toEqual([50, 30, 0]);
    expect(others(join(room, 'last', 5001))).toEqual([]);
  });
});
