/** What a plan changes in the document, and how it reads before it does. */
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { applyPlan } from '../../../client/rename/apply.ts';
import { nameAt } from '../../../client/rename/at.ts';
import { type Line, linesOf } from '../../../client/rename/lines.ts';
import { insertParagraphs, paragraphMap, setName, sourceOf } from '../../../server/protocol/document.ts';
import { frontFormsOf, setForm } from '../../../server/protocol/forms/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { RenamePlan } from '../../../server/protocol/rename.ts';

const id = (name: string) => name as ParagraphId;
const QUERY = 'select flights.a from flights';
const EDITS = [
  { start: 7, end: 14, text: 'late' },
  { start: 22, end: 29, text: 'late' },
];
const PLAN: RenamePlan = {
  owner: id('made'),
  texts: [{ paragraph: id('query'), source: QUERY, edits: EDITS }],
  forms: [{ form: 'origin', source: 'select x from flights', edits: [{ start: 14, end: 21, text: 'late' }] }],
  left: [],
};
const LATE = { from: 'flights', to: 'late' };

function notebook() {
  const doc = new Y.Doc();
  const origin = {};
  insertParagraphs(
    doc,
    [
      { id: id('made'), interpreter: 'sql', source: 'select 1', name: 'flights', options: {} },
      { id: id('query'), interpreter: 'sql', source: QUERY, options: {} },
    ],
    undefined,
  );
  setForm(doc, 'origin', { type: 'select', label: 'From', options: { query: 'select x from flights' } });
  const undo = new Y.UndoManager([doc.getMap('paragraphs'), doc.getMap('meta')], { trackedOrigins: new Set([origin]) });
  const now = () => ({
    name: paragraphMap(doc, 'made')?.get('name'),
    query: sourceOf(doc, 'query')?.toString(),
    form: frontFormsOf(doc)?.[0]?.[1],
  });
  return { live: { doc, origin, undo }, now };
}

describe('a plan', () => {
  it('is written in one step that one undo takes back', () => {
    const { live, now } = notebook();
    const before = now();
    const takeBack = applyPlan(live, PLAN, LATE);
    const form = { type: 'select', label: 'From', options: { query: 'select x from late' } };
    expect(now()).toEqual({ name: 'late', query: 'select late.a from late', form });
    expect(live.undo.undoStack).toHaveLength(1);
    expect(takeBack?.()).toBe(true);
    expect(now()).toEqual(before);
  });

  it('is not taken back once something else was written', () => {
    const { live, now } = notebook();
    const takeBack = applyPlan(live, PLAN, LATE);
    live.doc.transact(() => sourceOf(live.doc, 'made')?.insert(0, ' '), live.origin);
    expect(takeBack?.()).toBe(false);
    expect(now().name).toBe('late');
  });

  it('is not written at all where a text is another by now', () => {
    const { live, now } = notebook();
    sourceOf(live.doc, 'query')?.insert(0, ' ');
    const before = now();
    expect(applyPlan(live, PLAN, LATE)).toBeUndefined();
    expect(now()).toEqual(before);
    const other = notebook();
    setForm(other.live.doc, 'origin', { type: 'select', options: { query: 'select y from flights' } });
    expect(applyPlan(other.live, PLAN, LATE)).toBeUndefined();
    expect(other.now().query).toBe(QUERY);
  });

  it('is not written over a name that a colleague gave the result meanwhile', () => {
    const { live, now } = notebook();
    setName(live.doc, id('made'), 'departures', 'remote');
    expect(applyPlan(live, PLAN, LATE)).toBeUndefined();
    expect(now()).toMatchObject({ name: 'departures', query: QUERY });
    // Its own by now, and only letters that are larger, are the same name.
    for (const name of ['late', 'Flights']) {
      const { live: other } = notebook();
      setName(other.doc, id('made'), name, 'remote');
      expect(applyPlan(other, PLAN, LATE)).toBeDefined();
    }
  });

  it('moves no letter that stays: a colleague’s caret keeps its place', () => {
    const { live } = notebook();
    const text = sourceOf(live.doc, 'query')!;
    const caret = Y.createRelativePositionFromTypeIndex(text, QUERY.indexOf('from'));
    applyPlan(live, PLAN, LATE);
    const at = Y.createAbsolutePositionFromRelativePosition(caret, live.doc)?.index;
    expect(text.toString().slice(at)).toBe('from late');
  });
});

const said = (line: Line): string =>
  line.map((part) => (part.kind === 'same' ? part.text : `[${part.old}|${part.fresh}]`)).join('');

it('reads line by line', () => {
  const source = `-- one\n  ${'x'.repeat(80)} flights ${'y'.repeat(90)} flights ${'z'.repeat(50)}\nfrom flights`;
  const edits = [...source.matchAll(/flights/g)].map(({ index }) => ({ start: index, end: index + 7, text: 'late' }));
  expect(linesOf({ source, edits }).map(said)).toEqual([
    `…${'x'.repeat(29)} [flights|late] ${'y'.repeat(29)} … ${'y'.repeat(29)} [flights|late] ${'z'.repeat(29)}…`,
    'from [flights|late]',
  ]);
});

it('finds the name that the caret is on', () => {
  expect(nameAt('from flights f', 5)).toBe('flights');
  expect(nameAt('from flights f', 12)).toBe('flights');
  expect(nameAt('from "항공편"', 8)).toBe('항공편');
  expect(nameAt('ls tables/flights.parquet', 14)).toBe('flights');
  expect(nameAt('a + 12', 6)).toBeUndefined();
  expect(nameAt('', 0)).toBeUndefined();
});
