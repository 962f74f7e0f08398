/** Pictures that prose shows, to those who may not read the files they are: what is published, and not a byte more. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Actor, castOf } from '../access/cast.ts';
import { type Harness, NOTEBOOK, newHarness, TOKEN } from './support.ts';

const PNG = Buffer.from('89504e470d0a1a0a00', 'hex');
let harness: Harness;
let actors: readonly Actor[];

beforeEach(async () => {
  harness = await newHarness();
  const text = [
    '# Title\n\n![shown](data/shown.png) `![code](data/code.png)` ![up](data/up.png) ![table](data/x.csv) ![v](data/v.svg)',
    '![form](data/${airport}.png)',
  ].join('\n\n');
  harness.world.front = [['airport', { options: ['SEA', 'JFK'] }]];
  harness.world.paragraphs = [
    ...harness.world.paragraphs.map((one) => (one.interpreter === 'markdown' ? { ...one, source: text } : one)),
    { id: 'h', interpreter: 'markdown', source: '![hidden](data/hidden.png)', options: { report: 'hidden' } } as never,
  ];
  for (const name of ['shown', 'code', 'hidden', 'unsaid', 'SEA', 'JFK'])
    harness.files.set(`flights/data/${name}.png`, PNG);
  harness.files.set('data/up.png', PNG);
  harness.files.set('flights/data/v.svg', Buffer.from('<svg xmlns="x"/>'));
  actors = castOf(harness.door, { notebook: NOTEBOOK, other: 'otherother' as never, folder: 'flights', token: TOKEN });
});
afterEach(() => harness.close());

const ask = (actor: Actor, name: string, headers: Record<string, string> = {}) =>
  harness.app.inject({
    method: 'GET',
    url: `/api/v1/notebooks/${NOTEBOOK}/pictures/${encodeURIComponent(name)}`,
    headers: { ...actor.headers, ...headers },
  });
const ofClass = (wanted: Actor['notebook']): Actor => actors.find(({ notebook }) => notebook === wanted)!;

it('are given to readers and holders of links as what their bytes are, and may be kept until they change', async () => {
  for (const actor of [ofClass('reader'), ofClass('link'), ofClass('owner')]) {
    const answer = await ask(actor, 'shown.png');
    expect([actor.name, answer.statusCode, answer.rawPayload.equals(PNG)]).toEqual([actor.name, 200, true]);
    expect(answer.headers).toMatchObject({
      'content-type': 'image/png',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    const again = await ask(actor, 'shown.png', { 'if-none-match': String(answer.headers.etag) });
    expect(again.statusCode).toBe(304);
  }
  expect((await ask(ofClass('reader'), 'up.png')).statusCode).toBe(200);
});

it('are those that a text shows that is published: no other file, no table, no SVG, whatever is asked for', async () => {
  const link = ofClass('link');
  const names = [
    'code.png',
    'unsaid.png',
    'x.csv',
    'v.svg',
    'none.png',
    '../data/shown.png',
    'shown.png/..',
    '.gondola',
  ];
  for (const name of names) expect([name, (await ask(link, name)).statusCode]).toEqual([name, 404]);
  // What is hidden in the report is published to members alone.
  expect([(await ask(link, 'hidden.png')).statusCode, (await ask(ofClass('reader'), 'hidden.png')).statusCode]).toEqual(
    [404, 200],
  );
});

it('are those that the notebook’s own values name, not those that somebody chooses', async () => {
  const reader = ofClass('reader');
  expect([(await ask(reader, 'SEA.png')).statusCode, (await ask(reader, 'JFK.png')).statusCode]).toEqual([200, 404]);
});
