/**
 * R9: hostile values of forms arrive byte-equal as data, in SQL (as a value, in a text, and refused as code), TypeScript and
 * shell, with the real programs. Each has its control: the same text, written as code, does what it says.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FormInputs } from '../../interpreters/forms.ts';
import { readValue } from '../../server/protocol/forms/read.ts';
import { hostileValues } from '../fixtures/hostile-values.ts';
import { keepHeld } from '../reliability/record.ts';
import { type Driven, discard, drive, sqlProgram } from './harness.ts';
import { shellProgram } from './shell/shell.ts';
import { blockRows } from './sql/reading.ts';
import { typescriptProgram } from './typescript/program.ts';

const held = new Map<string, number>();
const hold = (part: string): void => void held.set(part, (held.get(part) ?? 0) + 1);
const text = (value: string) => ({ type: 'text', value }) as const;
const base64 = (value: string): string => Buffer.from(value).toString('base64');

let sql: Driven;
let shell: Driven;
let typescript: Driven;
beforeAll(async () => {
  [sql, shell, typescript] = await Promise.all([drive(sqlProgram), drive(shellProgram), drive(typescriptProgram)]);
  await sql.run("create table canary as select 'alive' as s");
});
afterAll(async () => {
  await Promise.all([sql, shell, typescript].map(discard));
  if ([...held.values()].every((cases) => cases === hostileValues.length))
    keepHeld({ figure: 'R9', part: 'languages', held: Object.fromEntries(held) });
});

const alive = async () => blockRows((await sql.run('select count(*)::int, min(s) from canary')).tables[0]);

it('there are two hundred values of ten classes, each its own', () => {
  expect(hostileValues.length).toBeGreaterThanOrEqual(200);
  expect(new Set(hostileValues.map(({ value }) => value)).size).toBe(hostileValues.length);
  expect(new Set(hostileValues.map((one) => one.class)).size).toBeGreaterThanOrEqual(10);
});

describe('SQL', () => {
  const forms = (value: string): FormInputs => ({ q: text(value), other: text('OTHER'), key: text('KEY') });

  it('binds each as a value', async () => {
    for (const { value } of hostileValues) {
      const { outcome, tables } = await sql.run(
        'select hex(encode($q)) as a, hex(encode(${q})) as b, count(*)::int as n from canary where s <> $q',
        {
          forms: forms(value),
        },
      );
      expect(outcome, value.slice(0, 80)).toEqual({ state: 'done' });
      const hex = Buffer.from(value).toString('hex').toUpperCase();
      expect(blockRows(tables[0])).toEqual([[hex, hex, 1]]);
      hold('SQL, a value');
    }
    expect(await alive()).toEqual([[1, 'alive']]);
  });

  it('joins each into a text', async () => {
    for (const { value } of hostileValues) {
      const { outcome, tables } = await sql.run("select '<%${q}%''${other}>' as a, e'\\n${q}\\\\' as b", {
        forms: forms(value),
      });
      expect(outcome, value.slice(0, 80)).toEqual({ state: 'done' });
      expect(blockRows(tables[0])).toEqual([[`<%${value}%'OTHER>`, `\n${value}\\`]]);
      hold('SQL, in a text');
    }
    expect(await alive()).toEqual([[1, 'alive']]);
  });

  it('takes none as code: it is no option, and what is no option the author wrote is bound or refused', async () => {
    const options = [{ value: 'canary' }, { value: 's' }];
    const form = { name: 'q', type: 'select', default: 'canary', options } as const;
    for (const { value } of hostileValues) {
      expect(readValue(form, value)).toMatchObject({ code: expect.stringMatching(/^form-(option|value)$/) });
      const asked: FormInputs = { ...forms(''), q: { type: 'select', value, written: false } };
      const { outcome } = await sql.run('select count(*) from ${q}', { forms: asked });
      expect(outcome, value.slice(0, 80)).toMatchObject({ state: 'failed', failure: { code: 'form-place' } });
      hold('SQL, as code');
    }
    expect(await alive()).toEqual([[1, 'alive']]);
    const chosen: FormInputs = { ...forms(''), q: { type: 'select', value: 'canary', written: true } };
    const { tables } = await sql.run('select count(*)::int from ${q}', { forms: chosen });
    expect(blockRows(tables[0])).toEqual([[1]]);
  });

  it('does what the same text says where it is written', async () => {
    await sql.run("create table other_canary as select 1 as a; select ''; drop table other_canary; --'");
    expect((await sql.run('from other_canary')).outcome).toMatchObject({ failure: { code: 'unknown-table' } });
  });
});

describe('shell', () => {
  const few = hostileValues.filter(({ value }) => Buffer.byteLength(value) < 1000);

  it('has each in its variable', async () => {
    const names = few.map((_, index) => `v${index}`);
    const forms = Object.fromEntries(few.map(({ value }, index) => [names[index]!, text(value)]));
    const source = `for i in {0..${few.length - 1}}; do n=v$i; printf %s "\${!n}" | base64 -w0; echo; done`;
    const { outcome, stdout } = await shell.run(source, { forms });
    expect(outcome).toEqual({ state: 'done' });
    const lines = stdout.trimEnd().split('\n');
    for (const [index, { value }] of few.entries()) {
      expect(lines[index], value).toBe(base64(value));
      hold('shell');
    }
    // The long ones by themselves: all variables share one space.
    for (const { value } of hostileValues.filter((one) => !few.includes(one))) {
      const ran = await shell.run('printf %s "$q" | base64 -w0; bash -c \'printf "%s" "${#q}" >/dev/null\'', {
        forms: { q: text(value) },
      });
      expect([ran.outcome, ran.stdout]).toEqual([{ state: 'done' }, base64(value)]);
      hold('shell');
    }
    expect(readdirSync(shell.session)).toEqual(['data']);
  });

  it('prints numbers and days as such, also where bash computes', async () => {
    const forms: FormInputs = {
      n: { type: 'number', value: 7 },
      day: { type: 'date', value: '2015-01-02' },
      late: { type: 'checkbox', value: true },
    };
    const { stdout } = await shell.run('echo $((n * 2)) $n $day $late; [[ $n -eq 7 ]] && eval "echo $n$day"', {
      forms,
    });
    expect(stdout).toBe('14 7 2015-01-02 true\n72015-01-02\n');
  });

  it('does what the same text says where it is written', async () => {
    await shell.run('$(touch hacked)');
    expect(existsSync(join(shell.session, 'hacked'))).toBe(true);
  });
});

describe('TypeScript', () => {
  it('has each as a text that nothing reads as code', async () => {
    const forms = Object.fromEntries(hostileValues.map(({ value }, index) => [`v${index}`, text(value)]));
    const { outcome, stdout, values } = await typescript.run(
      'for (const value of Object.values(forms)) console.log(JSON.stringify(value)); `${typeof (globalThis as any).hacked}`',
      { forms },
    );
    expect(outcome).toEqual({ state: 'done' });
    const lines = `${stdout}${values}`.trimEnd().split('\n');
    expect(lines.pop()).toBe('undefined');
    expect(lines.length).toBe(hostileValues.length);
    for (const [index, { value }] of hostileValues.entries()) {
      expect(JSON.parse(lines[index]!), value.slice(0, 80)).toBe(value);
      hold('TypeScript');
    }
  });

  it('does what the same text says where it is written', async () => {
    const { values } = await typescript.run("''; (globalThis as any).hacked = 1; ''; `${(globalThis as any).hacked}`");
    expect(values.trim()).toBe('1');
  });
});
