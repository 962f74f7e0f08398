import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { encodePlace, remotesIn, throttle } from '../../../client/editor/presence.ts';
import { type ParagraphId, parseId } from '../../../server/protocol/ids.ts';

const here = parseId<ParagraphId>('here')!;
const other = parseId<ParagraphId>('other')!;

function setUp() {
  const doc = new Y.Doc();
  const text = doc.getText('t');
  text.insert(0, 'hello world');
  const awareness = new Awareness(doc);
  const come = (client: number, state: unknown) => awareness.states.set(client, state as Record<string, unknown>);
  return { text, awareness, come };
}

describe('other people in a text', () => {
  it('are shown with name, colour, caret and selection', () => {
    const { text, awareness, come } = setUp();
    come(7, {
      person: { id: 'a', name: '게스트' },
      color: 3,
      paragraph: here,
      anchor: encodePlace(text, 2),
      head: encodePlace(text, 5),
    });
    expect(remotesIn(awareness, here, text)).toEqual([{ client: 7, name: '게스트', color: 3, anchor: 2, head: 5 }]);
    expect(remotesIn(awareness, other, text)).toEqual([]);
  });

  it('stay with their letters while the text changes', () => {
    const { text, awareness, come } = setUp();
    come(7, { paragraph: here, head: encodePlace(text, 6) });
    text.insert(0, '>>> ');
    text.delete(4, 5);
    expect(remotesIn(awareness, here, text)[0]?.head).toBe(5);
  });

  it('are never oneself', () => {
    const { text, awareness, come } = setUp();
    come(awareness.clientID, { paragraph: here, head: encodePlace(text, 6) });
    expect(remotesIn(awareness, here, text)).toEqual([]);
  });

  it.each([
    null,
    'text',
    { paragraph: here },
    { paragraph: here, head: 5 },
    { paragraph: here, head: '!!!' },
    { paragraph: here, head: btoa('\u00ff\u00ff\u00ff') },
    { paragraph: ['here'], head: 'AA==' },
  ])('are nobody when what came is nonsense: %j', (state) => {
    const { text, awareness, come } = setUp();
    come(7, state);
    expect(remotesIn(awareness, here, text)).toEqual([]);
  });

  it('are cut where a name or a crowd would cover the text', () => {
    const { text, awareness, come } = setUp();
    for (let client = 1; client <= 60; client += 1) {
      come(client, { person: { name: 'x'.repeat(900) }, color: -2.5, paragraph: here, head: encodePlace(text, 1) });
    }
    const remotes = remotesIn(awareness, here, text);
    expect(remotes.length).toBeLessThanOrEqual(24);
    expect(remotes[0]).toMatchObject({ color: 0 });
    expect(remotes[0]!.name.length).toBeLessThanOrEqual(40);
  });

  it('of another text have no place in this one', () => {
    const { text, awareness, come } = setUp();
    const elsewhere = text.doc!.getText('elsewhere');
    elsewhere.insert(0, 'abc');
    come(7, { paragraph: here, head: encodePlace(elsewhere, 1) });
    expect(remotesIn(awareness, here, text)).toEqual([]);
  });
});

describe('throttle', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('acts at once, then no more often than wanted, and for the last call always', () => {
    const acts: number[] = [];
    let value = 0;
    const { call } = throttle(() => acts.push(value), 60);
    for (value = 1; value <= 5; value += 1) call();
    expect(acts).toEqual([1]);
    value = 6;
    vi.advanceTimersByTime(60);
    expect(acts).toEqual([1, 6]);
    vi.advanceTimersByTime(600);
    expect(acts).toEqual([1, 6]);
  });
});
