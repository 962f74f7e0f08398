/**
 * What a shell paragraph reads and leaves, by the paths in its text: `tables/NAME.parquet` is the table of that name, whatever
 * lies in `data/` is a file. One behind `>`, `>>`, `tee` or `-o` is written, any other read. Paths that are put together
 * (`data/$day.csv`) count as far as they are written; what a program does by itself is not seen.
 */
import { boundUses, MOST_READ, type Use, type Uses } from '../../../interpreters/uses.ts';

const PATH = /(?<![\p{L}\p{N}_/.$}-])(?:\.\/)?((?:data|tables)\/[\p{L}\p{N}_.*?$/{}-]*)/gu;
const WRITTEN = /(?:>>?\|?|\btee(?:\s+-a)?|\s-o|--output[= ])\s*["']?$/;
const TABLE = /^tables\/([\p{L}\p{N}_-]+)\.parquet$/u;
/** Characters before a path that say what is done with it. */
const REACH = 24;

export function usesOfShell(source: string): Uses {
  if (source.length > MOST_READ) return { reads: [], writes: [], varies: 'a program' };
  const reads: Use[] = [];
  const writes: Use[] = [];
  for (const match of source.matchAll(PATH)) {
    const path = match[1] ?? '';
    const table = TABLE.exec(path)?.[1];
    const use: Use = table === undefined ? { kind: 'file', name: path } : { kind: 'table', name: table };
    const before = source.slice(Math.max(0, match.index - REACH), match.index);
    (WRITTEN.test(before) && table === undefined ? writes : reads).push(use);
  }
  return boundUses({ reads, writes, varies: 'a program' });
}
