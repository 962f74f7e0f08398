/** Which engine is asked for the options of a form, and what of it is left; engines and results are the test's. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Principal } from '../../../server/access/principal.ts';
import type { Form } from '../../../server/protocol/forms.ts';
import type { PersonId, ResultId, SessionId, SignInId } from '../../../server/protocol/ids.ts';
import { keyIn, type VisitorKey, visitorKey } from '../../../server/protocol/keys.ts';
import { type Asking, type ChoicesAsk, openChoices } from '../../../server/visitors/choices.ts';
import { openWith } from '../../../server/visitors/chosen.ts';
import { settle } from '../rooms/house.ts';
import { block, newWorld, notebook, sql } from '../runs/support.ts';
import { visitorsOf } from './support.ts';

const form: Asking = { name: 'airport', type: 'select', options: { query: 'from airports' }, default: null };
const ada: Principal = { kind: 'person', person: 'ada' as PersonId, signIn: 'ada-browser' as SignInId };
const ask: ChoicesAsk = { notebook, form, query: 'from airports', inputs: {}, tables: [], asker: 'ada' };

/** `rows`: how many the query has; only the first of them is known to it as what was chosen. */
function scene(rows = 1) {
  const world = newWorld([sql('a', 'select 1')]);
  world.sessions.script = (_run, emit) => {
    emit({
      type: 'table',
      table: 0,
      columns: [{ name: 'code', type: 'VARCHAR' }],
      rows,
      open: false,
      named: false,
      block: block('rows'),
    });
    return { state: 'done' };
  };
  const ran: VisitorKey[] = [];
  const gone: string[] = [];
  const kept: ResultId[] = [];
  const choices = openChoices({
    sessions: {
      execute: (run, tables, emit, signal) => {
        ran.push(keyIn(run.id) as VisitorKey);
        return world.sessions.execute(run, tables, emit, signal);
      },
      leave: async (key) => void gone.push(key),
    },
    results: {
      keepBlock: async ({ id }) => kept.push(id),
      window: async () => ({ contentType: 'application/json', body: new TextEncoder().encode('[{"code":"SEA"}]') }),
      leave: async () => {},
    },
    state: join(tmpdir(), 'gondola-no-state'),
    now: () => world.time,
  });
  return { world, choices, ran, gone, kept };
}

const own = visitorKey(notebook, 'adaadaadaa' as SessionId)!;
const session = { key: own, isOpen: () => true };

it('is the session’s own where that is idle: none is started beside it, nothing of the answer is in it', async () => {
  const { choices, ran, gone, kept } = scene();
  expect(await choices.lacking({ ...ask, session }, ['SEA'])).toEqual([]);
  expect(await choices.lacking({ ...ask, session }, ['LAX'])).toEqual(['LAX']);
  expect(ran).toEqual([own]);
  expect(gone).toEqual([]);
  expect(kept.map((id) => keyIn(id) === own)).toEqual([false]);
});

it('is none where a page asked of late and what was chosen is among what it was given', async () => {
  const { choices, ran, gone } = scene();
  await choices.ask(ask);
  expect([ran.length, gone]).toEqual([1, ran]);
  expect(await choices.lacking({ ...ask, session }, ['SEA'])).toEqual([]);
  expect(ran.length).toBe(1);
  // Another is looked for anew, and of the session alone.
  expect(await choices.lacking({ ...ask, session }, ['LAX'])).toEqual(['LAX']);
  expect(ran.at(-1)).toBe(own);
});

it('gives what one session was told to no other', async () => {
  const { choices, ran } = scene();
  const other = visitorKey(notebook, 'benbenbenb' as SessionId)!;
  await choices.lacking({ ...ask, session }, ['SEA']);
  await choices.lacking({ ...ask, session: { key: other, isOpen: () => true } }, ['SEA']);
  await choices.ask(ask);
  expect(ran.slice(0, 2)).toEqual([own, other]);
  expect(ran.length).toBe(3);
});

it('leaves nothing of a session that ended meanwhile', async () => {
  const { choices, gone } = scene();
  await choices.lacking({ ...ask, session: { key: own, isOpen: () => false } }, ['SEA']);
  expect(gone).toEqual([own]);
});

it('waits for whoever asks without end, and for nobody else', async () => {
  const { world, choices } = scene();
  world.sessions.script = undefined;
  const query = (at: number): string => `from airports${at}`;
  const refused: unknown[] = [];
  const asked = Array.from({ length: 10 }, (_, at) =>
    choices.ask({ ...ask, query: query(at) }).catch((error) => void refused.push(error.code)),
  );
  const ben = choices.ask({ ...ask, query: query(10), asker: 'ben' });
  await settle();
  // Two are under way and five wait.
  expect(refused).toEqual(['too-many', 'too-many', 'too-many']);
  let at = 0;
  const until = Promise.all([...asked, ben.catch((error) => error.code)]).then((all) => all.at(-1));
  const ended = until.then(() => true);
  while (!(await Promise.race([ended, world.sessions.next(at).then(() => false)]))) {
    world.sessions.handles[at]?.end({ state: 'failed', failure: { code: 'unknown-table', message: 'No.' } });
    at += 1;
  }
  expect(await until).toBe('options-failed');
});

it('a run with what is no option leaves no session behind, one with an option is in it', async () => {
  const { world, choices, ran } = scene();
  const visitors = visitorsOf(world);
  const chosen = (airport: string) => ({
    notebook,
    forms: [form] as readonly Form[],
    raw: { airport },
    tables: async () => [],
    whole: true,
    principal: ada,
  });
  await expect(openWith(chosen('LAX'), { choices, visitors })).rejects.toMatchObject({ code: 'form-option' });
  expect([visitors.count, visitors.find(notebook, ada)]).toEqual([0, undefined]);
  await expect(openWith({ ...chosen('LAX'), raw: { airport: 7 } }, { choices, visitors })).rejects.toThrow();
  const runs = await openWith(chosen('SEA'), { choices, visitors });
  expect(runs).toBe(visitors.find(notebook, ada));
  expect(ran.at(-1)).toBe(visitors.idle(notebook, ada)?.key);
  // One that is there stays there, whatever is chosen.
  await expect(openWith(chosen('LAX'), { choices, visitors })).rejects.toMatchObject({ code: 'form-option' });
  expect(visitors.find(notebook, ada)).toBe(runs);
  await visitors.close();
});
