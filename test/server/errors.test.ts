import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failures } from '../../interpreters/errors.ts';
import { AppError, catalogue, errorBody, runFailures } from '../../server/errors.ts';
import { PROBLEM_CODES } from '../../server/protocol/forms.ts';

const document = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'errors.md'), 'utf8');

/** Rows of the table under a heading, cells trimmed. */
function rows(heading: string): readonly (readonly string[])[] {
  const part = document.split(/^## /m).find((text) => text.startsWith(heading)) ?? '';
  const lines = part.split('\n').filter((line) => line.startsWith('| `'));
  return lines.map((line) =>
    line
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}

describe('docs/errors.md', () => {
  it('lists what the server answers, as the catalogue has it', () => {
    const expected = Object.entries(catalogue).map(([code, { status, message, hint }]) => [
      `\`${code}\``,
      String(status),
      message.replace('{detail}', '…'),
      hint,
    ]);
    expect(rows('Answers of the server')).toEqual(expected);
  });

  it('lists what goes wrong in runs, as the interpreters’ catalogue has it', () => {
    const listed = rows('Errors of runs').filter((row) => row.length === 2);
    const expected = Object.entries({ ...runFailures, ...failures });
    expect(listed).toEqual(expected.map(([code, hint]) => [`\`${code}\``, hint]));
  });

  it('misses no code that stands in the server’s own sources', () => {
    const folder = join(import.meta.dirname, '..', '..', 'server');
    const known = new Set([
      ...Object.keys(catalogue),
      ...Object.keys(runFailures),
      ...Object.keys(failures),
      ...PROBLEM_CODES,
    ]);
    const missing: string[] = [];
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      // Codes of the reader's lines and of the disk are told apart inside, and never leave the server.
      if (!name.endsWith('.ts') || /^(results\/reader|storage\/disk)/.test(name)) continue;
      const text = readFileSync(join(folder, name), 'utf8');
      for (const [, code] of text.matchAll(/\bcode: '([a-z][a-z-]+)'/g)) {
        if (!known.has(code!)) missing.push(`${name}: ${code}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

it('says what was wrong wherever its message has a place for that', () => {
  const folder = join(import.meta.dirname, '..', '..', 'server');
  const silent = new Set<string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts')) continue;
    for (const [, code = ''] of readFileSync(join(folder, name), 'utf8').matchAll(/new AppError\('([a-z-]+)'\)/g))
      if (Object.entries(catalogue).some(([known, { message }]) => known === code && message.includes('{detail}')))
        silent.add(`${name}: ${code}`);
  }
  expect([...silent]).toEqual([]);
});

describe('an error', () => {
  it('says what came and what to do, in one shape', () => {
    expect(errorBody(new AppError('not-found', 'notebook'))).toEqual({
      error: {
        code: 'not-found',
        message: 'There is no such notebook, or it is not yours.',
        hint: catalogue['not-found'].hint,
      },
    });
  });

  it('puts what came into its message unchanged', () => {
    expect(new AppError('not-acceptable-path', '$& $1 {detail}').message).toBe(
      'The path $& $1 {detail} is not allowed.',
    );
  });

  it('always has a hint and a status that says whose fault it is', () => {
    for (const { status, message, hint } of Object.values(catalogue)) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(message).toMatch(/[.:)}]$/);
      expect(hint).toMatch(/\.$/);
    }
  });
});
