/** What the engine says of a text that is being written: as its run would, in its place, and nothing of it happens. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FormInputs } from '../../../interpreters/forms.ts';
import type { Event, Failure } from '../../../interpreters/protocol.ts';
import { type Driven, discard, drive, sqlProgram } from '../harness.ts';

let sql: Driven;
let calls = 0;
beforeAll(async () => {
  sql = await drive(sqlProgram);
  await sql.run("create table flights as select 1 as delay, 'SEA' as origin, date '2024-01-01' as day, 2 as 지연");
});
afterAll(() => discard(sql));

function ask(text: string, forms: FormInputs = {}): Promise<readonly Failure[] | undefined> {
  calls += 1;
  const call = calls;
  sql.send({ type: 'check', call, text, forms, tables: [] });
  type Checked = Extract<Event, { type: 'checked' }>;
  return sql
    .event((one): one is Checked => one.type === 'checked' && one.call === call)
    .then(({ failures }) => failures);
}
/** The code and what is marked. */
async function marked(text: string, forms: FormInputs = {}): Promise<string[]> {
  const lines = text.split('\n');
  return ((await ask(text, forms)) ?? []).map(({ code, line = 0, column = 0, length = 0 }) => {
    return `${code} ${(lines[line - 1] ?? '').slice(column - 1, column - 1 + length)}`;
  });
}

describe('a text that is checked', () => {
  it('has nothing wrong where it would run', async () => {
    for (const text of [
      '',
      '-- nothing',
      'select delay from flights where origin = $o; select 1',
      'with f as (select * from flights) select f.delay from f join flights g using (delay)',
      'create table later as select 1 as n; select n from later; drop table later',
      'pivot flights on origin using sum(delay)',
      "from 'data/x.xlsx'",
      'explain select * from flights; describe flights; summarize flights; show tables',
      'begin; insert into flights by name select 3 as delay; commit',
    ])
      expect([text, await marked(text, { o: { type: 'text', value: 'SEA' } })]).toEqual([text, []]);
  });

  it('is marked where a run would fail, with the same words', async () => {
    const texts = [
      'select dely from flights',
      'select * from flihgts',
      'selct 1',
      'select 1 +',
      "select '한국어 😀', dely\nfrom flights",
      'select 지연, 지연 + 날 from flights',
      "select delay * date '2024-01-01' from flights",
      'select 1; select nothing from flights; select 2',
      'select f.nothing from flights f',
      'set threads = 1; selec',
      'insert into flights valus (1)',
    ];
    for (const text of texts) {
      const [first] = (await ask(text)) ?? [];
      const { outcome } = await sql.run(text);
      if (outcome.state !== 'failed') throw new Error(`${text} ran`);
      const { detail: _, ...said } = outcome.failure;
      const { detail: __, ...found } = first ?? { detail: '' };
      // A setting fails when it is set.
      if (!text.startsWith('set')) expect([text, found]).toEqual([text, said]);
    }
    expect(await marked("select '한국어 😀', dely\nfrom flights")).toEqual(['unknown-column dely']);
    expect(await marked('select 날 from flights')).toEqual(['unknown-column 날']);
    expect(await marked('select $day from flights')).toEqual(['unknown-form $day']);
    expect(await marked('select 1;\nselect dely from flights; select delai from flights')).toEqual([
      'unknown-column dely',
      'unknown-column delai',
    ]);
  });

  it('is not run, whatever it says', async () => {
    const before = (await sql.run('select count(*) as n from flights')).tables[0]?.block;
    for (const text of [
      'drop table flights',
      'create table made as select 1',
      'delete from flights',
      "copy flights to 'made.csv'",
      "attach 'made.duckdb' as made",
      'insert into flights by name select 1 as delay returning *',
      'pivot flights on origin using sum(delay)',
      'set variable x = 1',
      'use memory',
      'begin',
      'checkpoint',
      'call pragma_version()',
    ])
      await ask(text);
    expect((await sql.run('select count(*) as n from flights')).tables[0]?.block).toBe(before);
    expect((await sql.run('select * from made')).outcome.state).toBe('failed');
    expect((await sql.run('rollback')).outcome.state).toBe('failed');
    expect(existsSync(join(sql.session, 'made.csv')) || existsSync(join(sql.session, 'made.duckdb'))).toBe(false);
  });

  it('does not wait for a run, nor a run for it, and of several only the last counts', async () => {
    // That it is under way the first statement tells: how far a count is the engine may not say for long.
    const long = sql.run("select 'begun'; select count(*) from range(200000000000) a");
    await sql.event((event): event is Event => event.type === 'table' && event.run === long.id);
    const all = await Promise.all([ask('select dely from flights'), ask('select 1'), ask('selec 1')]);
    expect(all.at(-1)?.map(({ code }) => code)).toEqual(['syntax']);
    expect(all.filter((failures) => failures === undefined).length).toBeGreaterThan(0);
    expect(sql.events.some((event) => event.type === 'done' && event.run === long.id)).toBe(false);
    sql.cancel(long.id);
    expect((await long).outcome.state).toBe('cancelled');
  });

  it('may name a temporary table, which the engine’s own connection alone sees', async () => {
    await sql.run('create temp table passing as select 1 as n');
    expect(await marked('select n from passing')).toEqual([]);
    await sql.run('drop table passing');
  });
});
