/** What a paragraph leaves for the next one, and what it does not. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FormInputs } from '../../../interpreters/forms.ts';
import { type Driven, discard, drive } from '../harness.ts';
import { shellProgram } from './shell.ts';

let driven: Driven;
beforeEach(async () => {
  driven = await drive(shellProgram);
});
afterEach(() => discard(driven));

const out = async (source: string, forms: FormInputs = {}): Promise<string> => {
  const { stdout, stderr, values, outcome } = await driven.run(source, { forms });
  expect([stderr, values, outcome]).toEqual(['', '', { state: 'done' }]);
  return stdout;
};

test('the session folder is the working folder and HOME; the environment is small, stdin empty', async () => {
  expect(await out('pwd; echo "$HOME"; cat; echo $#')).toBe(`${driven.session}\n${driven.session}\n0\n`);
  const names = (await out('env')).match(/^\w+(?==)/gm)?.filter((name) => !/^(_|GONDOLA_SHELL)$/.test(name));
  expect(names?.sort()).toEqual(['GIT_PAGER', 'HOME', 'LANG', 'PAGER', 'PATH', 'PWD', 'SHLVL', 'TERM', 'TZ']);
});

test('the folder, exported variables and exported functions live on; plain variables and options do not', async () => {
  mkdirSync(join(driven.session, 'deep'));
  await out(`
    cd deep
    export PLAIN=1 MANY=$'two\\nlines "quoted" $HOME \\'x\\' é' EMPTY=
    declare -x -i NUMBER=41
    greet() { printf 'hello %s\\n' "$1"; }
    export -f greet
    local_only=1
    set +e -f
    unset TZ PAGER
  `);
  expect(
    await out('pwd; echo "$PLAIN|$MANY|${EMPTY-unset}"; greet you; bash -c "greet child"; NUMBER+=1; echo $NUMBER'),
  ).toBe(`${driven.session}/deep\n1|two\nlines "quoted" $HOME 'x' é|\nhello you\nhello child\n42\n`);
  expect(await out('echo "${TZ-unset} ${PAGER-unset} ${local_only-unset} $-"')).toMatch(
    /^unset unset unset \w*e\w*\n$/,
  );
  expect(await out('cd ..; unset PLAIN; unset -f greet')).toBe('');
  expect(await out('pwd; echo "${PLAIN-unset}"; type -t greet || true; cd - >/dev/null; pwd')).toBe(
    `${driven.session}\nunset\n${driven.session}/deep\n`,
  );
});

test.each([
  ['exit in the middle', 'export KEPT=yes; exit 3; export KEPT=no', 3],
  ['a failure', 'export KEPT=yes\nfalse\nexport KEPT=no', 1],
  ['an unset variable under -u', 'export KEPT=yes; set -u\necho $nothing', 1],
  ['a syntax error', 'export KEPT=yes\nif; fi', 2],
  ['an own EXIT trap', "trap 'echo bye $?' EXIT; export KEPT=yes; exit 4", 4],
  ['an own EXIT trap that exits', "export KEPT=yes; trap 'exit 6' EXIT; exit 4", 6],
  ['exit in a function, traced', 'set -x; f() { export KEPT=yes; exit 5; }; f', 5],
])('state lives on after %s', async (_, source, code) => {
  const { outcome } = await driven.run(source);
  expect(outcome).toMatchObject({
    failure: { code: 'exit-code', message: expect.stringContaining(`exit code ${code}`) },
  });
  expect(await out('echo $KEPT')).toBe('yes\n');
});

test('a function that needs an option to be read spoils nothing else', async () => {
  await out('shopt -s extglob; export KEPT=yes; f() { [[ $1 == +(a|b) ]] && echo match; }; export -f f');
  expect(await out('echo $KEPT; f ab; shopt -q extglob || echo off')).toBe('yes\nmatch\noff\n');
});

test('a cancelled paragraph, one that kills itself and one that execs leave the state as it was', async () => {
  await out('export KEPT=before');
  const run = driven.run('export KEPT=cancelled; echo on; sleep 60');
  await new Promise((resolve) => driven.child.stdout?.once('data', resolve));
  driven.cancel(run.id);
  expect((await run).outcome).toEqual({ state: 'cancelled' });
  expect(await out('echo $KEPT')).toBe('before\n');
  expect((await driven.run('export KEPT=killed; kill -9 $$')).outcome).toMatchObject({
    failure: { code: 'exit-code', message: 'bash was ended by SIGKILL.' },
  });
  expect(await out('export KEPT=exec; exec echo replaced')).toBe('replaced\n');
  expect(await out('echo $KEPT')).toBe('before\n');
});

test('a folder that is gone is left, with a notice', async () => {
  await out('mkdir gone; cd gone');
  rmSync(join(driven.session, 'gone'), { recursive: true });
  const { values, stdout } = await driven.run('pwd');
  expect(values).toBe(`The folder ${driven.session}/gone can’t be entered any more: back in the session folder.\n`);
  expect(stdout).toBe(`${driven.session}\n`);
  expect(await out('pwd')).toBe(`${driven.session}\n`);
});

test('a paragraph that empties /tmp of what is ours does not end the shell', async () => {
  await driven.run('export KEPT=yes; rm -rf /tmp/gondola-shell-*');
  expect(await out('echo "${KEPT-forgotten}"')).toMatch(/^(yes|forgotten)\n$/);
});

test('what a killed shell left in /tmp is taken away by the next', async () => {
  const own = (pid: number | undefined): readonly string[] =>
    readdirSync(tmpdir()).filter((name) => name.startsWith(`gondola-shell-${pid}-`));
  const killed = await drive(shellProgram);
  expect(own(killed.child.pid)).toHaveLength(1);
  await discard(killed);
  const next = await drive(shellProgram);
  expect(own(killed.child.pid)).toEqual([]);
  await next.end();
  expect(own(next.child.pid)).toEqual([]);
  await discard(next);
});

test('form values are environment variables of their run, never text of it', async () => {
  const forms: FormInputs = {
    day: { type: 'text', value: "2015-01-01'; touch hacked; echo '" },
    limit: { type: 'number', value: 10 },
    all: { type: 'checkbox', value: true },
    origins: { type: 'multi-select', value: ['SEA', 'JFK'], written: true, numbers: false },
    none: { type: 'date', value: null },
    p: { type: 'date-range', value: { from: '2015-01-01', to: null } },
  };
  expect(await out('printf "%s|" "$day" "$limit" "$all" "$origins" "$none" "$p_from" "$p_to"; ls', forms)).toBe(
    "2015-01-01'; touch hacked; echo '|10|true|SEA\nJFK||2015-01-01||data\n",
  );
  expect(await out('bash -c "echo $limit"', { limit: { type: 'number', value: 11 } })).toBe('11\n');
  expect(await out('echo "${limit-unset} ${day-unset}"')).toBe('unset unset\n');
});

test('the value of a form is never code, whatever an earlier paragraph made of its name', async () => {
  expect(await out('declare -ix hits=5; echo $hits')).toBe('5\n');
  const value = 'a[$(touch hacked)]';
  expect(await out('echo "$hits"; ls', { hits: { type: 'text', value } })).toBe(`${value}\ndata\n`);
});

test('a form whose name is no variable, or one of bash, is left out with a notice', async () => {
  const evil = { type: 'text', value: '/evil' } as const;
  const forms = {
    PATH: evil,
    'a-b': evil,
    LD_PRELOAD: evil,
    PERL5OPT: evil,
    https_proxy: evil,
    npm_config_shell: evil,
    Day: evil,
  };
  const { stdout, values } = await driven.run('echo "$PATH $PERL5OPT $https_proxy"; echo "$Day"', { forms });
  expect(stdout).toMatch(/^[^\n]*\n\/evil\n$/);
  expect(stdout.split('\n')[0]).not.toContain('/evil');
  expect(values.match(/^The form “.+?”/gm)).toEqual(
    ['PATH', 'a-b', 'LD_PRELOAD', 'PERL5OPT', 'https_proxy', 'npm_config_shell'].map((name) => `The form “${name}”`),
  );
});

test('traps of the user work, and listing shows none of ours', async () => {
  expect(await out(`trap\ntrap 'echo usr' USR1\nkill -USR1 $$\ntrap -p\ntrap - USR1\ntrap`)).toBe(
    "usr\ntrap -- 'echo usr' SIGUSR1\n",
  );
  expect(await out(`trap 'echo one' EXIT; trap 'echo two' EXIT; trap -p EXIT; (trap 'echo sub' EXIT)`)).toBe(
    "trap -- 'echo two' EXIT\nsub\ntwo\n",
  );
  expect(
    await out(`trap 'echo never' EXIT; trap - EXIT; trap 'echo err' ERR; set +e; false; trap ERR; false; true`),
  ).toBe('err\n');
});

test('tracing shows the paragraph only', async () => {
  const { stderr } = await driven.run('set -x\necho a\nfalse || true');
  expect(stderr).toBe('++ echo a\n++ false\n++ true\n');
});
