/**
 * A paragraph that nobody wrote, for a process that waits: what a first paragraph takes longer for (types, the parser, the
 * library, a lambda, printing) has been used once by then. Its own answers stand in for the engine's, it declares no name,
 * and what it prints nobody sees.
 */
import type { Column, RunRequest } from '../protocol.ts';

const SOURCE = `{
  const least: number = 1;
  const rows = table('rehearsal').filter((row) => row.n > least && row.text.startsWith('a')).mutate({ half: (row) => row.n / 2 });
  await display(rows.groupBy('text').summarize({ n: count(), most: max('half') }).orderBy('-n').limit(3));
  console.log(least, [least, { text: '' }]);
}
await new Promise<void>((done) => setTimeout(done, 0));
({ n: 1 }) as { n: number };`;

export const REHEARSAL: RunRequest = {
  type: 'run',
  run: '',
  interpreter: 'typescript',
  source: SOURCE,
  options: {},
  forms: {},
  tables: [],
};

const COLUMNS: readonly Column[] = [
  { name: 'n', type: 'BIGINT' },
  { name: 'text', type: 'VARCHAR' },
];

/** What the engine would answer, as far as the rehearsal asks. */
export const rehearsedAnswer = async (): Promise<unknown> => ({ columns: COLUMNS, rows: 0 });
