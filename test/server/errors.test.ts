import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { failures } from '../../interpreters/errors.ts';
import { AppError, catalogue, errorBody } from '../../server/errors.ts';

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
    expect(listed).toEqual(Object.entries(failures).map(([code, hint]) => [`\`${code}\``, hint]));
  });
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
