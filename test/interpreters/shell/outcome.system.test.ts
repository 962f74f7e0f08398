/** How a paragraph's end is told, and what its text may hold. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Driven, discard, drive } from '../harness.ts';
import { shellProgram } from './shell.ts';

let driven: Driven;
beforeAll(async () => {
  driven = await drive(shellProgram);
});
afterAll(() => discard(driven));

test.each<[source: string, line: number | undefined, message: string]>([
  ['echo a\nno-such-thing -x\necho b', 2, 'It ended with exit code 127: no-such-thing: command not found'],
  ['echo a\nif true; then\n  exit 3\nfi', undefined, 'It ended with exit code 3.'],
  ['echo a\n\ngrep -q x /dev/null', 3, 'It ended with exit code 1: grep -q x /dev/null'],
  ['f() {\n  true\n  false\n}\n\nf', 3, 'It ended with exit code 1: false'],
  ['set -u\n\necho $nothing', 3, 'It ended with exit code 1: nothing: unbound variable'],
  ['echo a\n: ${nothing?is needed}', 2, 'It ended with exit code 1: nothing: is needed'],
  ['echo a\nif; fi', 2, "It ended with exit code 2: syntax error near unexpected token `;'"],
  ['echo a\necho "open', 2, 'It ended with exit code 2: unexpected EOF while looking for matching `"\''],
  ['echo a\nbash -c "kill -9 \\$\\$"', 2, 'It ended with exit code 137, SIGKILL: bash -c "kill -9 \\$\\$"'],
  ['set -o pipefail\nyes | head -1', 2, 'It ended with exit code 141, SIGPIPE: yes | head -1'],
  ['cat <<X\n1\n2\nX\nfalse', 5, 'It ended with exit code 1: false'],
  ['printf "f() {\\n\\n\\nfalse\\n}\\n" > lib.sh\nsource ./lib.sh\nf', 3, 'It ended with exit code 1: f'],
  ['set +e\nfalse\necho on\nno-such-thing', 4, 'It ended with exit code 127: no-such-thing: command not found'],
])('%j fails at line %s', async (source, line, message) => {
  const { outcome } = await driven.run(source);
  expect(outcome.state === 'failed' && [outcome.failure.line, outcome.failure.code, outcome.failure.message]).toEqual([
    line,
    'exit-code',
    message,
  ]);
});

test('a pipe whose reader has enough is no failure, and what failed in a condition neither', async () => {
  const { outcome, stdout } = await driven.run(
    'yes | head -2; if false; then :; fi; false || echo or; ! false || echo not',
  );
  expect([outcome, stdout]).toEqual([{ state: 'done' }, 'y\ny\nor\n']);
});

test('/dev/stdout and /dev/stderr can be opened, and each stream keeps its order', async () => {
  const source =
    'for i in 1 2 3; do echo out $i > /dev/stdout; echo err $i > /dev/stderr; done; echo x | tee /dev/stderr';
  const { stdout, stderr } = await driven.run(source);
  expect([stdout, stderr]).toEqual(['out 1\nout 2\nout 3\nx\n', 'err 1\nerr 2\nerr 3\nx\n']);
});

test('any bytes pass, colours and NULs included', async () => {
  const { stdout, outcome } = await driven.run(
    "printf '\\033[31mred\\033[0m'; printf 'a\\000b\\377'; head -c 1000 /dev/urandom >&2",
  );
  expect(outcome).toEqual({ state: 'done' });
  expect(stdout).toBe('\u001b[31mred\u001b[0ma\0b\ufffd');
});

test('a syntax error quotes the text as it was written', async () => {
  const { stderr } = await driven.run('if; fi\n');
  expect(stderr).toContain("bash: eval: line 1: syntax error near unexpected token `;'\n");
  expect(stderr).not.toContain('gondola');
});

test('a NUL in the text is refused where it stands', async () => {
  expect((await driven.run('echo a\necho b\0c')).outcome).toMatchObject({
    failure: { code: 'syntax', line: 2, column: 7 },
  });
});

test('a long text, and one with every kind of quote, runs as it is', async () => {
  const long = `echo ${'x'.repeat(500_000)} | wc -c`;
  expect((await driven.run(long)).stdout).toBe('500001\n');
  expect((await driven.run(`echo 'a'"b"\\'c $'\\x41' \`echo d\` "\${HOME:0:0}"; # '`)).stdout).toBe("ab'c A d \n");
  expect((await driven.run('#!/bin/sh\necho shebang')).stdout).toBe('shebang\n');
});

test('without bash the reason is told', async () => {
  const poor = await drive({ ...shellProgram, env: { PATH: '/nowhere' } });
  expect((await poor.run('echo a')).outcome).toMatchObject({
    failure: { code: 'no-bash', message: 'There is no bash on /nowhere.' },
  });
  await discard(poor);
});
