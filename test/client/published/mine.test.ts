import { describe, expect, test } from 'vitest';
import type { OwnRun, PublishedParagraph, PublishedRun } from '../../../client/published/calls.ts';
import { waitFor } from '../../../client/published/look.ts';
import {
  lacksAbove,
  type Note,
  noteAfter,
  phaseOf,
  placeOf,
  runnable,
  standing,
  told,
  underWay,
} from '../../../client/published/mine.ts';
import type { ParagraphId, RunId } from '../../../server/protocol/ids.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import type { RunPhase } from '../../../server/protocol/runs.ts';

const text = (said: string): Output => ({ kind: 'text', stream: 'stdout', text: said });
const done: RunPhase = { state: 'done', started: 1, ended: 2 };
const running: RunPhase = { state: 'running', started: 5 };
const ours: PublishedRun = { id: 'ours' as RunId, phase: done, outputs: [text('ours')] };
const mine = (phase: RunPhase, outputs: readonly Output[] = [], asked = 4): OwnRun => ({
  id: `mine${asked}` as RunId,
  asked,
  phase,
  outputs,
});
const paragraph = (id: string, more: Partial<PublishedParagraph> = {}): PublishedParagraph => ({
  id: id as ParagraphId,
  interpreter: 'sql',
  place: 'across',
  span: 1,
  table: undefined,
  source: undefined,
  chart: undefined,
  download: false,
  runs: true,
  run: ours,
  own: false,
  mine: undefined,
  ...more,
});

describe('what stands below a paragraph', () => {
  test('stays, dimmed, until a run of one’s own says something', () => {
    expect(standing(paragraph('a'))).toEqual({ run: ours, dimmed: false, own: false });
    expect(standing(paragraph('a', { mine: mine({ state: 'queued' }) }))).toMatchObject({ run: ours, dimmed: false });
    expect(standing(paragraph('a', { mine: mine(running) }))).toMatchObject({ run: ours, dimmed: true });
    const says = mine(running, [text('so far')]);
    expect(standing(paragraph('a', { mine: says }))).toEqual({ run: says, dimmed: false, own: true });
    const stopped = mine({ state: 'cancelled', ended: 6, reason: 'asked' });
    expect(standing(paragraph('a', { mine: stopped }))).toMatchObject({ run: ours, dimmed: false, own: false });
    expect(standing(paragraph('a', { run: undefined, mine: mine(running) }))).toBeUndefined();
  });

  test('names the paragraph and the reference of an error that is not told, and changes nothing else', () => {
    const bare: Output = { kind: 'error', code: 'paragraph-failed', message: 'This paragraph failed (reference r).' };
    const run = { ...ours, outputs: [text('first'), bare] };
    expect(told(run, (reference) => `Paragraph 2, ${reference}`).outputs).toEqual([
      text('first'),
      { ...bare, message: 'Paragraph 2, ours' },
    ]);
    const known = { ...ours, outputs: [{ kind: 'error', code: 'syntax', message: 'near x' } as const] };
    expect(told(known, () => 'never')).toBe(known);
  });
});

test('a button asks to be pressed until one ran something, and shows at once that it was', () => {
  expect(phaseOf(paragraph('a'), false)).toBeUndefined();
  expect(phaseOf(paragraph('a'), true)).toEqual({ state: 'queued' });
  expect(phaseOf(paragraph('a', { mine: mine(done) }), true)).toEqual({ state: 'queued' });
  expect(phaseOf(paragraph('a', { mine: mine(running) }), true)).toBe(running);
  expect(phaseOf(paragraph('a', { mine: mine(done) }), false)).toBe(done);
});

test('places count code alone, and only what can be run here is run', () => {
  const paragraphs = [
    paragraph('p', { interpreter: 'markdown', runs: false }),
    paragraph('a'),
    paragraph('b', { runs: false }),
    paragraph('c', { interpreter: 'cobol' }),
    paragraph('d', { interpreter: 'shell' }),
  ];
  expect(paragraphs.map(({ id }) => placeOf(paragraphs, id))).toEqual([0, 1, 2, 3, 4]);
  expect(runnable({ paragraphs })).toEqual(['a', 'd']);
});

test('what is under way comes in the order asked for', () => {
  const paragraphs = [
    paragraph('a', { mine: mine({ state: 'queued' }, [], 9) }),
    paragraph('b', { mine: mine(done, [], 1) }),
    paragraph('c', { mine: mine(running, [], 3) }),
  ];
  expect(underWay({ paragraphs }).map(({ id }) => id)).toEqual(['mine3', 'mine9']);
});

test('a run that failed may lack what is above, unless that ran too', () => {
  const failed = mine({ state: 'failed', started: 1, ended: 2 });
  const above = (more: Partial<PublishedParagraph>) => [paragraph('a', more), paragraph('b', { mine: failed })];
  const lacks = (more: Partial<PublishedParagraph>) => lacksAbove(above(more), 'b' as ParagraphId);
  expect(lacks({})).toBe(true);
  expect(lacks({ mine: mine(done) })).toBe(false);
  expect(lacks({ runs: false })).toBe(false);
  expect(lacksAbove(above({}), 'a' as ParagraphId)).toBe(false);
});

test('an hour’s run is looked at within half a second, and nothing is asked for often without one', () => {
  expect([0, 1, 2, 3, 4, 1000].map((looks) => Math.round(waitFor(true, looks)))).toEqual([
    100, 150, 225, 338, 400, 400,
  ]);
  expect([0, 1000].map((looks) => waitFor(false, looks))).toEqual([1500, 1500]);
});

describe('what is said of one’s own session', () => {
  const session = { minutes: 15, until: 900_000 };
  const own: Note = { at: 'own', session };

  test('is that it is there, and plainly that and why it ended', () => {
    expect(noteAfter({ at: 'none' }, { session }, 0)).toEqual(own);
    expect(noteAfter(own, { session: undefined }, 899_000)).toEqual({ at: 'ended', idle: 15 });
    expect(noteAfter(own, { session: undefined }, 300_000)).toEqual({ at: 'ended', idle: undefined });
    const busy: Note = { at: 'own', session: { minutes: 15, until: undefined } };
    expect(noteAfter(busy, { session: undefined }, 9e9)).toEqual({ at: 'ended', idle: undefined });
    expect(noteAfter({ at: 'ended', idle: 15 }, { session: undefined }, 0)).toEqual({ at: 'ended', idle: 15 });
    expect(noteAfter({ at: 'ended', idle: 15 }, { session }, 0)).toEqual(own);
  });

  test('is nothing to whoever gave it up', () => {
    expect(noteAfter({ at: 'leaving' }, { session }, 0)).toEqual({ at: 'leaving' });
    expect(noteAfter({ at: 'leaving' }, { session: undefined }, 0)).toEqual({ at: 'none' });
    expect(noteAfter({ at: 'none' }, { session: undefined }, 0)).toEqual({ at: 'none' });
  });
});
