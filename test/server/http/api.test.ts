import type { TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catalogue } from '../../../server/errors.ts';
import { API } from '../../../server/http/route.ts';
import { routes } from '../../../server/http/routes.ts';
import { Failure } from '../../../server/http/schemas.ts';
import { sql } from '../runs/support.ts';
import { type Harness, NOTEBOOK, newHarness, owner } from './support.ts';

type Send = {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};
type Good = Send & { readonly gives: number; readonly check?: (body: unknown, h: Harness) => void };
type Bad = Send & { readonly code: keyof typeof catalogue };
type Cases = { readonly good: readonly Good[]; readonly bad: readonly Bad[] };

let harness: Harness;
/** Made before the cases: a run with outputs, a result, and a version. */
const known = { run: '', result: '', etag: '', version: '', link: '' };

beforeAll(async () => {
  harness = await newHarness();
  harness.world.front = [['airport', { options: ['SEA', 'JFK'] }]];
  harness.world.paragraphs = harness.world.paragraphs.map((one) =>
    one.interpreter === 'markdown' ? { ...one, source: `${one.source}\n\n![map](data/map.png)` } : one,
  );
  harness.files.set('flights/data/map.png', Buffer.from('89504e470d0a1a0a', 'hex'));
  const { app } = harness;
  const asked = await app.inject({
    method: 'POST',
    url: `${API}/notebooks/${NOTEBOOK}/runs?wait=10`,
    headers: owner,
    payload: {},
  });
  known.run = asked.json().runs[0].id;
  const run = await app.inject({ method: 'GET', url: `${API}/runs/${known.run}`, headers: owner });
  known.result = run.json().outputs[1].result;
  const link = await app.inject({
    method: 'POST',
    url: `${API}/notebooks/${NOTEBOOK}/links`,
    headers: owner,
    payload: {},
  });
  known.link = link.json().id;
  const version = await app.inject({
    method: 'POST',
    url: `${API}/notebooks/${NOTEBOOK}/versions`,
    headers: owner,
    payload: { name: 'Known' },
  });
  known.version = version.json().id;
});
afterAll(() => harness.close());

const on = { path: { id: NOTEBOOK } };
const onVersion = () => ({ path: { id: NOTEBOOK, version: known.version } });
const nobody = { path: { id: 'nobody' } };
const anyTag = { 'if-match': '*' };
const markdown = { 'content-type': 'text/markdown' };
const bytes = { 'content-type': 'application/octet-stream' };

/** Good and bad input for each operation of the document, by its method and path there. */
const cases = (): Readonly<Record<string, Cases>> => ({
  'GET /workspace': {
    good: [{ gives: 200, check: (body) => expect(body).toMatchObject({ folders: ['flights'], running: [] }) }],
    bad: [{ query: { a: '1' }, code: 'bad-request' }],
  },
  'GET /notebooks': {
    good: [
      { gives: 200, check: (body) => expect(body).toMatchObject({ items: [{ id: NOTEBOOK }, {}], next: null }) },
      {
        query: { query: 'First' },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ title: 'First' }] }),
      },
      { query: { limit: '1' }, gives: 200, check: (body) => expect(body).toMatchObject({ next: `2000-${NOTEBOOK}` }) },
      {
        query: { limit: '1', cursor: `2000-${NOTEBOOK}` },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ title: 'Other' }], next: null }),
      },
    ],
    bad: [
      { query: { limit: '0' }, code: 'bad-request' },
      { query: { limit: 'many' }, code: 'bad-request' },
      { query: { cursor: 'nonsense' }, code: 'bad-request' },
      { query: { quarry: 'x' }, code: 'bad-request' },
    ],
  },
  'POST /notebooks': {
    good: [
      {
        body: { title: 'Made' },
        gives: 201,
        check: (body) => expect(body).toMatchObject({ url: expect.stringMatching(/^\/n\//) }),
      },
      { body: { title: 'Made', text: '# Made\n', folder: 'a' }, gives: 201 },
      { body: {}, gives: 201 },
    ],
    bad: [
      { body: { title: 5 }, code: 'bad-request' },
      { body: { title: '' }, code: 'bad-request' },
      { body: { title: 'x', colour: 'red' }, code: 'bad-request' },
      { body: { title: 'x', folder: '../outside' }, code: 'not-acceptable-path' },
      { body: '{ "title": ', headers: { 'content-type': 'application/json' }, code: 'bad-request' },
      { body: Buffer.from([0x22, 0xff, 0x22]), headers: { 'content-type': 'application/json' }, code: 'bad-request' },
      {
        body: 'title=x',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        code: 'unsupported-media-type',
      },
      { body: [], code: 'bad-request' },
    ],
  },
  'GET /notebooks/{id}/published': {
    good: [
      {
        ...on,
        gives: 200,
        check: (body) =>
          expect(body).toMatchObject({ whole: true, paragraphs: [{ id: 'a', run: { state: 'done' } }, {}, {}] }),
      },
    ],
    bad: [
      { ...nobody, code: 'not-found' },
      { path: { id: 'NOT AN ID' }, code: 'not-found' },
    ],
  },
  'GET /notebooks/{id}/report': {
    good: [
      {
        ...on,
        gives: 200,
        check: (body) => expect(body).toContain('id="report"'),
      },
    ],
    bad: [
      { ...nobody, code: 'not-found' },
      { ...on, query: { forms: '[' }, code: 'bad-request' },
    ],
  },
  'GET /notebooks/{id}/pictures/{name}': {
    good: [{ path: { id: NOTEBOOK, name: 'map.png' }, gives: 200 }],
    bad: [
      { path: { id: 'nobody', name: 'map.png' }, code: 'not-found' },
      { path: { id: NOTEBOOK, name: 'x.csv' }, code: 'not-found' },
      { path: { id: NOTEBOOK, name: 'map.png' }, query: { a: '1' }, code: 'bad-request' },
    ],
  },
  'GET /notebooks/{id}': {
    good: [
      {
        ...on,
        gives: 200,
        check: (body) =>
          expect(body).toMatchObject({
            role: 'owner',
            paragraphs: [{ id: 'a', name: 'one', run: { state: 'done' } }, {}, {}],
          }),
      },
    ],
    bad: [
      { ...nobody, code: 'not-found' },
      { path: { id: 'NOT AN ID' }, code: 'not-found' },
    ],
  },
  'PATCH /notebooks/{id}': {
    good: [{ path: { id: 'otherother' }, body: { path: 'moved.nb.md' }, gives: 200 }],
    bad: [
      { ...on, body: { path: 'x.txt' }, code: 'not-acceptable-path' },
      { ...on, body: {}, code: 'bad-request' },
      { ...nobody, body: { path: 'x.nb.md' }, code: 'not-found' },
    ],
  },
  'DELETE /notebooks/{id}': {
    good: [{ path: { id: 'otherother' }, gives: 204 }],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'GET /trash': {
    good: [
      {
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ id: 'otherother', by: 'API' }], next: null }),
      },
    ],
    bad: [{ query: { a: '1' }, code: 'bad-request' }],
  },
  'POST /trash/{id}/restore': {
    good: [
      { path: { id: 'otherother' }, gives: 200, check: (body) => expect(body).toMatchObject({ path: 'moved.nb.md' }) },
    ],
    bad: [{ ...on, code: 'not-found' }],
  },
  'DELETE /trash/{id}': {
    good: [],
    bad: [
      { ...nobody, code: 'not-found' },
      { ...on, code: 'not-found' },
    ],
  },
  'GET /notebooks/{id}/text': {
    good: [{ ...on, gives: 200, check: (body) => expect(body).toBe('# First\n') }],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'PUT /notebooks/{id}/text': {
    good: [
      { ...on, headers: { ...markdown, 'if-match': '*' }, body: '# First\n\nmore\n', gives: 204 },
      { ...on, headers: { ...markdown, 'if-match': '*' }, body: '# First\n', gives: 204 },
    ],
    bad: [
      { ...on, headers: markdown, body: 'x', code: 'precondition-required' },
      { ...on, headers: { ...markdown, 'if-match': '"unknown"' }, body: 'x', code: 'precondition-failed' },
      { ...on, headers: { ...markdown, 'if-match': '*' }, body: 'broken', code: 'unparsable-notebook' },
      { ...on, headers: { ...markdown, 'if-match': '*' }, body: Buffer.from([0xff, 0xfe, 0x41]), code: 'bad-request' },
      { ...on, headers: { 'if-match': '*' }, body: { text: 'x' }, code: 'unsupported-media-type' },
      {
        ...on,
        headers: { ...markdown, 'if-match': '*' },
        body: Buffer.alloc(33 * 1024 * 1024, 97),
        code: 'payload-too-large',
      },
      { ...nobody, headers: { ...markdown, 'if-match': '*' }, body: 'x', code: 'not-found' },
    ],
  },
  'GET /notebooks/{id}/versions': {
    good: [{ ...on, gives: 200, check: (body) => expect(body).toMatchObject({ items: [{ name: 'Known' }] }) }],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'POST /notebooks/{id}/versions': {
    good: [
      {
        ...on,
        headers: { 'gondola-person': 'ada Ada%20%EA%B0%80' },
        body: { name: ' Sent ' },
        gives: 201,
        check: (body) =>
          expect(body).toMatchObject({
            name: 'Sent',
            by: 'Ada 가',
            reason: 'asked',
            text: [{ id: 'a', source: 'select 1' }],
          }),
      },
      { ...on, body: {}, gives: 201 },
    ],
    bad: [
      { ...on, body: { name: ' ' }, code: 'bad-request' },
      { ...on, body: { name: 'x'.repeat(201) }, code: 'bad-request' },
      { ...nobody, body: { name: 'A' }, code: 'not-found' },
    ],
  },
  'GET /notebooks/{id}/versions/{version}': {
    good: [
      { ...onVersion(), gives: 200, check: (body) => expect(body).toMatchObject({ text: [{ source: 'select 1' }] }) },
    ],
    bad: [
      { path: { id: NOTEBOOK, version: 'nothing' }, code: 'not-found' },
      { path: { id: NOTEBOOK, version: 'NO ID' }, code: 'bad-request' },
      { path: { id: 'nobody', version: known.version }, code: 'not-found' },
    ],
  },
  'GET /notebooks/{id}/versions/{version}/text': {
    good: [{ ...onVersion(), gives: 200, check: (body) => expect(body).toBe('```sql id=a\nselect 1\n```\n') }],
    bad: [{ path: { id: NOTEBOOK, version: 'nothing' }, code: 'not-found' }],
  },
  'PATCH /notebooks/{id}/versions/{version}': {
    good: [
      {
        ...onVersion(),
        body: { name: 'Known' },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ name: 'Known' }),
      },
    ],
    bad: [
      { path: { id: NOTEBOOK, version: 'nothing' }, body: { name: 'A' }, code: 'not-found' },
      { ...onVersion(), body: {}, code: 'bad-request' },
    ],
  },
  'POST /notebooks/{id}/versions/{version}/restore': {
    good: [
      {
        ...onVersion(),
        body: {},
        gives: 200,
        check: (body) => expect(body).toMatchObject({ before: { paragraphs: 1 } }),
      },
      { ...onVersion(), body: { paragraph: 'a' }, gives: 200 },
    ],
    bad: [
      { path: { id: NOTEBOOK, version: 'nothing' }, body: {}, code: 'not-found' },
      { ...onVersion(), body: { paragraph: 'nowhere' }, code: 'not-found' },
    ],
  },
  'DELETE /notebooks/{id}/versions/{version}/name': {
    good: [{ ...onVersion(), gives: 204 }],
    bad: [{ path: { id: NOTEBOOK, version: 'nothing' }, code: 'not-found' }],
  },
  'GET /notebooks/{id}/forms': {
    good: [
      {
        ...on,
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ name: 'airport', type: 'select' }], next: null }),
      },
    ],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'GET /notebooks/{id}/forms/{name}/options': {
    good: [
      {
        path: { id: NOTEBOOK, name: 'airport' },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ value: 'SEA' }, { value: 'JFK' }], more: false }),
      },
    ],
    bad: [
      { path: { id: NOTEBOOK, name: 'nothing' }, code: 'not-found' },
      { path: { id: 'nobody', name: 'nothing' }, code: 'not-found' },
    ],
  },
  'POST /notebooks/{id}/runs': {
    good: [
      { ...on, query: { wait: '10' }, body: { paragraphs: ['b'] }, gives: 202, check: ranDone },
      {
        ...on,
        query: { wait: '10' },
        body: { paragraphs: ['b', 'p'], forms: { airport: 'SEA' } },
        gives: 202,
        check: ranDone,
      },
      { ...on, gives: 202 },
    ],
    bad: [
      { ...on, body: { paragraphs: ['nowhere'] }, code: 'not-found' },
      { ...on, body: { paragraphs: [] }, code: 'bad-request' },
      { ...on, body: { paragraphs: 'a' }, code: 'bad-request' },
      { ...on, body: { paragraph: 'a' }, code: 'bad-request' },
      { ...on, body: { forms: nested(100) }, code: 'bad-request' },
      { ...on, body: { forms: { day: '2015-01-01' } }, code: 'unknown-form' },
      { ...on, query: { wait: 'long' }, body: {}, code: 'bad-request' },
      { ...on, query: { wait: '-1' }, body: {}, code: 'bad-request' },
      { ...nobody, body: {}, code: 'not-found' },
    ],
  },
  'DELETE /notebooks/{id}/runs': { good: [{ ...on, gives: 204 }], bad: [{ ...nobody, code: 'not-found' }] },
  'GET /notebooks/{id}/runs': {
    good: [
      { ...on, gives: 200 },
      {
        ...on,
        query: { paragraph: 'a', limit: '1' },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ paragraph: 'a' }] }),
      },
    ],
    bad: [
      { ...on, query: { cursor: 'nobody' }, code: 'bad-request' },
      { ...on, query: { paragraph: 'A B' }, code: 'bad-request' },
      { ...nobody, code: 'not-found' },
    ],
  },
  'GET /runs/{id}': {
    good: [
      {
        path: { id: known.run },
        gives: 200,
        check: (body) =>
          expect(body).toMatchObject({
            notebook: NOTEBOOK,
            state: 'done',
            source: 'select 1',
            by: { name: 'API' },
            outputs: [{ kind: 'text' }, { kind: 'table', rows: 1, name: 'one' }],
          }),
      },
    ],
    bad: [
      { path: { id: 'nobody' }, code: 'not-found' },
      { path: { id: `${NOTEBOOK}-aaaaaaaaaa` }, code: 'not-found' },
      { path: { id: 'nonotebook-aaaaaaaaaa' }, code: 'not-found' },
    ],
  },
  'GET /runs/{id}/outputs/{index}/text': {
    good: [{ path: { id: known.run, index: '0' }, gives: 200, check: (body) => expect(body).toBe('ran select 1') }],
    bad: [
      { path: { id: known.run, index: '1' }, code: 'not-found' },
      { path: { id: known.run, index: '-1' }, code: 'bad-request' },
      { path: { id: 'nobody', index: '0' }, code: 'not-found' },
    ],
  },
  'DELETE /runs/{id}': {
    good: [
      { path: { id: known.run }, gives: 200, check: (body) => expect(body).toEqual({ id: known.run, state: 'done' }) },
    ],
    bad: [{ path: { id: 'nobody' }, code: 'not-found' }],
  },
  'GET /notebooks/{id}/graph': {
    good: [
      { ...on, gives: 200, check: (body) => expect(body).toMatchObject({ clashes: [], cycles: [], whole: false }) },
    ],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'POST /notebooks/{id}/rename-plan': {
    good: [
      {
        ...on,
        body: { from: 'nothing', to: 'something' },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ texts: [], forms: [], left: [] }),
      },
    ],
    bad: [
      { ...on, body: { from: 'flights', to: 'two words' }, code: 'name-unfit' },
      { ...on, body: { from: 'flights' }, code: 'bad-request' },
      { ...nobody, body: { from: 'a', to: 'b' }, code: 'not-found' },
    ],
  },
  'POST /notebooks/{id}/plan': {
    good: [
      { ...on, gives: 200 },
      {
        ...on,
        body: { paragraphs: ['b'] },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ steps: [{ paragraph: 'b', because: 'asked' }] }),
      },
    ],
    bad: [
      { ...on, body: { paragraphs: ['nowhere'] }, code: 'not-found' },
      { ...on, body: { forms: { nothing: 1 } }, code: 'unknown-form' },
      { ...nobody, code: 'not-found' },
    ],
  },
  'POST /notebooks/{id}/kept': {
    good: [
      { ...on, body: { paragraphs: ['b'] }, gives: 200, check: (body) => expect(body).toEqual({ items: [] }) },
      { ...on, body: { paragraphs: [] }, gives: 200 },
    ],
    bad: [
      { ...on, body: { paragraphs: ['nowhere'] }, code: 'not-found' },
      { ...on, body: {}, code: 'bad-request' },
      { ...on, body: { paragraphs: ['b'], forms: { nothing: 1 } }, code: 'unknown-form' },
      { ...nobody, body: { paragraphs: ['b'] }, code: 'not-found' },
    ],
  },
  'GET /notebooks/{id}/costs': {
    good: [{ ...on, gives: 200, check: (body) => expect(body).toMatchObject({ all: { runs: 0 }, people: [] }) }],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'GET /notebooks/{id}/tables': {
    good: [
      { ...on, gives: 200, check: (body) => expect(body).toMatchObject({ items: [{ name: 'one', source: 'named' }] }) },
    ],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'DELETE /notebooks/{id}/session': {
    good: [
      { ...on, gives: 204 },
      { ...on, query: { clear: 'true' }, gives: 204 },
    ],
    bad: [
      { ...on, query: { clear: 'perhaps' }, code: 'bad-request' },
      { ...nobody, code: 'not-found' },
    ],
  },
  'GET /notebooks/{id}/access': {
    good: [{ ...on, gives: 200, check: (body) => expect(body).toMatchObject({ items: [], inherited: [] }) }],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'PUT /notebooks/{id}/access': {
    good: [
      {
        ...on,
        headers: anyTag,
        body: { grants: [{ subject: { kind: 'group', group: 'crew' }, role: 'reader' }] },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ name: 'crew', role: 'reader' }] }),
      },
      {
        ...on,
        headers: anyTag,
        body: { grants: [] },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [] }),
      },
    ],
    bad: [
      { ...on, body: { grants: [] }, code: 'precondition-required' },
      { ...on, headers: { 'if-match': '"another"' }, body: { grants: [] }, code: 'changed-meanwhile' },
      { ...nobody, headers: anyTag, body: { grants: [] }, code: 'not-found' },
      { ...on, headers: anyTag, body: {}, code: 'bad-request' },
      {
        ...on,
        headers: anyTag,
        body: { grants: [{ subject: { kind: 'everyone' }, role: 'emperor' }] },
        code: 'bad-request',
      },
      {
        ...on,
        headers: anyTag,
        body: { grants: [{ subject: { kind: 'group', group: 'a|b' }, role: 'owner' }] },
        code: 'bad-request',
      },
      {
        ...on,
        headers: anyTag,
        body: { grants: [{ subject: { kind: 'person', person: 'nobody' }, role: 'reader' }] },
        code: 'bad-request',
      },
      {
        ...on,
        headers: anyTag,
        body: {
          grants: [
            { subject: { kind: 'everyone' }, role: 'reader' },
            { subject: { kind: 'everyone' }, role: 'writer' },
          ],
        },
        code: 'bad-request',
      },
    ],
  },
  'GET /folders/{path}': {
    good: [{ path: { path: 'flights%2Faccess' }, gives: 200 }],
    bad: [
      { path: { path: 'flights' }, code: 'not-found' },
      { path: { path: '..%2Faccess' }, code: 'not-acceptable-path' },
    ],
  },
  'PUT /folders/{path}': {
    good: [
      {
        path: { path: 'flights%2Faccess' },
        headers: anyTag,
        body: { grants: [{ subject: { kind: 'everyone' }, role: 'reader' }] },
        gives: 200,
        check: (body) => expect(body).toMatchObject({ items: [{ name: 'everyone', role: 'reader' }] }),
      },
      { path: { path: 'access' }, headers: anyTag, body: { grants: [] }, gives: 200 },
    ],
    bad: [
      { path: { path: 'flights' }, headers: anyTag, body: { grants: [] }, code: 'not-found' },
      { path: { path: '.gondola%2Faccess' }, headers: anyTag, body: { grants: [] }, code: 'not-acceptable-path' },
    ],
  },
  'DELETE /folders/{path}': {
    good: [{ path: { path: 'flights%2Faccess' }, gives: 204 }],
    bad: [
      { path: { path: 'flights' }, code: 'not-found' },
      { path: { path: '.gondola%2Faccess' }, code: 'not-acceptable-path' },
    ],
  },
  'GET /notebooks/{id}/links': {
    good: [{ ...on, gives: 200 }],
    bad: [{ ...nobody, code: 'not-found' }],
  },
  'POST /notebooks/{id}/links': {
    good: [
      {
        ...on,
        body: { role: 'runner', label: 'For the board', password: 'eight chars', paragraphs: ['a'], code: true },
        gives: 201,
        check: (body) =>
          expect(body).toMatchObject({
            role: 'runner',
            password: true,
            url: expect.stringMatching(/^\/s\/[\w-]{43}$/),
          }),
      },
      { ...on, body: {}, gives: 201, check: (body) => expect(body).toMatchObject({ role: 'reader', code: false }) },
    ],
    bad: [
      { ...nobody, body: {}, code: 'not-found' },
      { ...on, body: { role: 'writer' }, code: 'bad-request' },
      { ...on, body: { password: 'short' }, code: 'bad-request' },
      { ...on, body: { expires: 1 }, code: 'bad-request' },
      { ...on, body: { paragraphs: [] }, code: 'bad-request' },
    ],
  },
  'DELETE /notebooks/{id}/links/{link}': {
    good: [{ path: { id: NOTEBOOK, link: known.link }, gives: 204 }],
    bad: [{ path: { id: NOTEBOOK, link: 'nobody' }, code: 'not-found' }],
  },
  'GET /me': {
    good: [{ gives: 200, check: (body) => expect(body).toMatchObject({ kind: 'owner', person: null, role: 'owner' }) }],
    bad: [{ query: { a: '1' }, code: 'bad-request' }],
  },
  'GET /people': {
    good: [{ gives: 200, check: (body) => expect(body).toMatchObject({ items: [], groups: [] }) }],
    bad: [{ query: { a: '1' }, code: 'bad-request' }],
  },
  'GET /audit': {
    good: [
      { gives: 200, check: (body) => expect(JSON.stringify(body)).toContain('link-made') },
      { query: { limit: '1', cursor: '2' }, gives: 200 },
    ],
    bad: [
      { query: { limit: '0' }, code: 'bad-request' },
      { query: { cursor: 'x' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}': {
    good: [
      { path: { id: known.result }, gives: 200, check: (body) => expect(body).toMatchObject({ rows: 1, bytes: 4 }) },
    ],
    bad: [{ path: { id: 'nobody' }, code: 'not-found' }],
  },
  'GET /results/{id}/rows': {
    good: [
      { path: { id: known.result }, gives: 200, check: (body) => expect(body).toEqual([{ a: 1 }]) },
      { path: { id: known.result }, query: { offset: '0', limit: '5', sort: '-a' }, gives: 200 },
      { path: { id: known.result }, query: { sort: '["-a"]' }, gives: 200 },
      {
        path: { id: known.result },
        query: { format: 'csv' },
        gives: 200,
        check: (body) => expect(body).toBe('a\n1\n'),
      },
      {
        path: { id: known.result },
        query: { format: 'csv' },
        headers: { range: 'bytes=2-', 'if-range': '"hash"' },
        gives: 206,
        check: (body) => expect(body).toBe('12\n'),
      },
      {
        path: { id: known.result },
        query: { format: 'csv' },
        headers: { range: 'bytes=2-', 'if-range': '"another"' },
        gives: 200,
        check: (body) => expect(body).toBe('a\n12\n'),
      },
    ],
    bad: [
      { path: { id: 'nobody' }, code: 'not-found' },
      { path: { id: known.result }, headers: { range: 'bytes=5-' }, code: 'range-beyond' },
      { path: { id: known.result }, query: { sort: 'b' }, code: 'unknown-column' },
      { path: { id: known.result }, query: { sort: 'a,' }, code: 'bad-request' },
      { path: { id: known.result }, query: { sort: '[1]' }, code: 'bad-request' },
      { path: { id: known.result }, query: { format: 'yaml' }, code: 'bad-request' },
      { path: { id: known.result }, query: { limit: '-1' }, code: 'bad-request' },
      { path: { id: known.result }, query: { offset: '1.5' }, code: 'bad-request' },
      { path: { id: known.result }, query: { filter: '{}' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}/download': {
    good: [
      {
        path: { id: known.result },
        query: { format: 'xlsx', sort: '-a' },
        gives: 200,
        check: (body) => expect(body).toEqual({ ready: true, fraction: 1, bytes: 5 }),
      },
    ],
    bad: [
      { path: { id: 'nobody' }, code: 'not-found' },
      { path: { id: known.result }, query: { format: 'yaml' }, code: 'bad-request' },
      { path: { id: known.result }, query: { offset: '1' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}/chart': {
    good: [
      { path: { id: known.result }, gives: 200 },
      {
        path: { id: known.result },
        query: { spec: JSON.stringify({ mark: 'bar', x: { column: 'a' }, range: [0, 1] }) },
        gives: 200,
      },
    ],
    bad: [
      { path: { id: 'nobody' }, code: 'not-found' },
      { path: { id: known.result }, query: { spec: '{' }, code: 'bad-request' },
      { path: { id: known.result }, query: { spec: '{"mark":"cake"}' }, code: 'bad-request' },
      { path: { id: known.result }, query: { spec: '{"sql":"1"}' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}/pivot': {
    good: [
      { path: { id: known.result }, gives: 200 },
      {
        path: { id: known.result },
        query: {
          spec: JSON.stringify({
            rows: [{ column: 'a', bin: 'auto' }],
            values: [{ aggregate: 'count' }],
            sort: { value: 0, descending: true },
          }),
          search: 'x',
        },
        gives: 200,
      },
    ],
    bad: [
      { path: { id: 'nobody' }, code: 'not-found' },
      { path: { id: known.result }, query: { spec: '{' }, code: 'bad-request' },
      { path: { id: known.result }, query: { spec: '{"rows":[{"sql":"1"}]}' }, code: 'bad-request' },
      { path: { id: known.result }, query: { spec: '{"sql":"1"}' }, code: 'bad-request' },
      { path: { id: known.result }, query: { filter: '[1]' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}/pivot/sql': {
    good: [{ path: { id: known.result }, query: { table: 'flights' }, gives: 200 }],
    bad: [
      { path: { id: 'nobody' }, query: { table: 'flights' }, code: 'not-found' },
      { path: { id: known.result }, code: 'bad-request' },
      { path: { id: known.result }, query: { table: 'flights', spec: '[]' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}/profile': {
    good: [{ path: { id: known.result }, query: { column: 'a', search: 'x' }, gives: 200 }],
    bad: [
      { path: { id: 'nobody' }, query: { column: 'a' }, code: 'not-found' },
      { path: { id: known.result }, code: 'bad-request' },
      { path: { id: known.result }, query: { column: 'a', filter: '[1]' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}/sums': {
    good: [{ path: { id: known.result }, query: { columns: '["a"]', to: '1', sort: '-a' }, gives: 200 }],
    bad: [
      { path: { id: 'nobody' }, query: { columns: '["a"]', to: '1' }, code: 'not-found' },
      { path: { id: known.result }, query: { columns: 'a', to: '1' }, code: 'bad-request' },
      { path: { id: known.result }, query: { columns: '[]', to: '1' }, code: 'bad-request' },
      { path: { id: known.result }, query: { columns: '["a"]' }, code: 'bad-request' },
    ],
  },
  'GET /results/{id}/progress': {
    good: [
      { path: { id: known.result }, query: { sort: 'a' }, gives: 200 },
      { path: { id: known.result }, query: { filter: '[{"column":"a","is":"null"}]', search: '서울' }, gives: 200 },
    ],
    bad: [
      { path: { id: 'nobody' }, code: 'not-found' },
      { path: { id: known.result }, query: { filter: 'a' }, code: 'bad-request' },
      { path: { id: known.result }, query: { filter: '[{"column":"a","is":"sql"}]' }, code: 'bad-request' },
    ],
  },
  'GET /files/{path}': {
    good: [
      { path: { path: 'data/x.csv' }, gives: 200, check: (body) => expect(body).toBe('a,b\n1,2\n') },
      {
        path: { path: 'data/x.csv' },
        headers: { range: 'bytes=0-2' },
        gives: 206,
        check: (body) => expect(body).toBe('a,b'),
      },
      {
        path: { path: 'data/x.csv' },
        headers: { range: 'bytes=-4' },
        gives: 206,
        check: (body) => expect(body).toBe('1,2\n'),
      },
    ],
    bad: [
      { path: { path: 'data/none.csv' }, code: 'not-found' },
      { path: { path: 'x.csv' }, code: 'not-acceptable-path' },
      { path: { path: '..%2fdata%2fx.csv' }, code: 'not-acceptable-path' },
      { path: { path: 'data/x.csv' }, headers: { range: 'bytes=900-' }, code: 'range-beyond' },
    ],
  },
  'PUT /files/{path}': {
    good: [
      {
        path: { path: 'data/new.csv' },
        headers: bytes,
        body: 'a\n',
        gives: 201,
        check: (body) => expect(body).toMatchObject({ bytes: 2 }),
      },
      {
        path: { path: 'data/new.csv' },
        headers: { 'content-type': 'text/csv', 'if-none-match': '*' },
        body: 'b\n',
        gives: 201,
        check: (body) => expect(body).toMatchObject({ path: 'data/new-2.csv' }),
      },
      {
        path: { path: 'data/new.csv' },
        headers: bytes,
        body: 'abc',
        gives: 201,
        check: (body) => expect(body).toMatchObject({ bytes: 3 }),
      },
    ],
    bad: [{ path: { path: 'new.csv' }, headers: bytes, body: 'a', code: 'not-acceptable-path' }],
  },
  'POST /files/{path}': {
    good: [
      {
        path: { path: 'data/x.csv' },
        headers: bytes,
        body: 'other',
        gives: 201,
        check: (body) => expect(body).toMatchObject({ name: 'x-2.csv' }),
      },
      { path: { path: 'data/untyped.csv' }, body: 'no content type', gives: 201 },
      { path: { path: 'data/empty.csv' }, gives: 201, check: (body) => expect(body).toMatchObject({ bytes: 0 }) },
    ],
    bad: [{ path: { path: 'data%2f..%2f..%2fx' }, headers: bytes, body: 'a', code: 'not-acceptable-path' }],
  },
  'DELETE /files/{path}': {
    good: [{ path: { path: 'data/new.csv' }, gives: 204 }],
    bad: [
      { path: { path: 'data/none.csv' }, code: 'not-found' },
      { path: { path: 'notebook.nb.md' }, code: 'not-acceptable-path' },
    ],
  },
});

function ranDone(body: unknown): void {
  expect(body).toMatchObject({ runs: [{ paragraph: 'b', state: 'done' }] });
}

const shortly = ({ body, ...rest }: Bad): string =>
  JSON.stringify({ ...rest, body: body instanceof Buffer ? body.length : body }).slice(0, 300);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = { value };
  return value;
}

async function send(operation: string, { path = {}, query = {}, headers = {}, body }: Send) {
  const [method, template] = operation.split(' ') as ['GET', string];
  const filled = template.replace(/\{(\w+)\}/g, (_, name: string) => path[name]?.replaceAll(' ', '%20') ?? '');
  const search = new URLSearchParams(query).toString();
  return harness.app.inject({
    method,
    url: `${API}${filled}${search && `?${search}`}`,
    headers: { ...owner, ...headers },
    ...(body === undefined ? {} : { payload: body as string }),
  });
}

type Document = { readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: object }>>>> };

const operationsOf = ({ paths }: Document): readonly string[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.slice(API.length)}`),
  );

const schemaOf = (operation: string, status: number): TSchema | string | undefined => {
  const route = routes.find(
    (one) => `${one.method} ${one.path.replace('*', ':path').replace(/:(\w+)/g, '{$1}')}` === operation,
  );
  return route?.answers[status];
};

describe('the OpenAPI document', () => {
  it('names every operation, and each has cases here', async () => {
    const response = await harness.app.inject({ method: 'GET', url: `${API}/openapi.json`, headers: owner });
    expect(response.statusCode).toBe(200);
    const operations = operationsOf(response.json());
    expect(operations.length).toBe(routes.length);
    expect(new Set(operations)).toEqual(new Set(Object.keys(cases())));
  });
});

describe('each operation', () => {
  it('answers good input as the document says', async () => {
    for (const [operation, { good }] of Object.entries(cases())) {
      for (const one of good) {
        const response = await send(operation, one);
        const told = `${operation} ${JSON.stringify(one)}: ${response.statusCode} ${response.body.slice(0, 300)}`;
        expect(response.statusCode, told).toBe(one.gives);
        const schema = schemaOf(operation, one.gives);
        expect(schema, told).toBeDefined();
        const json = String(response.headers['content-type']).includes('json');
        const body = json ? response.json() : response.body;
        if (schema && typeof schema === 'object') expect([...Value.Errors(schema, body)], told).toEqual([]);
        one.check?.(body, harness);
      }
    }
  });

  it('answers bad input with a code of the catalogue and a hint, and never breaks', async () => {
    for (const [operation, { bad }] of Object.entries(cases())) {
      for (const one of bad) {
        const response = await send(operation, one);
        const told = `${operation} ${shortly(one)}: ${response.statusCode} ${response.body.slice(0, 300)}`;
        expect(response.statusCode, told).toBe(catalogue[one.code].status);
        const body: unknown = response.json();
        expect([...Value.Errors(Failure, body)], told).toEqual([]);
        expect(body, told).toMatchObject({ error: { code: one.code, hint: catalogue[one.code].hint } });
      }
    }
  });

  it('of reading answers HEAD without a body', async () => {
    for (const [operation, { good }] of Object.entries(cases())) {
      if (!operation.startsWith('GET') || operation.includes('/files/')) continue;
      const response = await send(operation.replace('GET', 'HEAD'), good[0]!);
      expect([response.statusCode, response.body], operation).toEqual([good[0]!.gives, '']);
    }
  });
});

describe('a text', () => {
  it('is changed by what its writer changed, and keeps what others did meanwhile', async () => {
    const { headers } = await send('GET /notebooks/{id}/text', on);
    harness.live += 'a line of a colleague\n';
    const answer = await send('PUT /notebooks/{id}/text', {
      ...on,
      headers: { ...markdown, 'if-match': String(headers.etag) },
      body: '# First\nmine\n',
    });
    expect(answer.statusCode).toBe(204);
    expect(harness.live).toContain('a line of a colleague');
    expect(harness.live).toContain('mine');
    const again = await send('GET /notebooks/{id}/text', {
      ...on,
      headers: { 'if-none-match': String(answer.headers.etag) },
    });
    expect(again.statusCode).toBe(304);
  });
});

describe('waiting for runs', () => {
  it('ends when the time is over, with the states of that moment', async () => {
    const { script } = harness.world.sessions;
    harness.world.sessions.script = undefined;
    harness.world.paragraphs = [sql('a', 'slow'), sql('b', 'select 2')];
    const answer = await send('POST /notebooks/{id}/runs', { ...on, query: { wait: '0.05' }, body: {} });
    expect(answer.json().runs).toMatchObject([{ state: 'queued' }, { state: 'queued' }]);
    const [first] = answer.json().runs;
    const stopped = await send('DELETE /runs/{id}', { path: { id: first.id } });
    expect(stopped.statusCode).toBe(200);
    harness.world.sessions.script = script;
    await (await harness.world.runs.of(NOTEBOOK)).restart(false);
  });
});
