/**
 * What a shell paragraph reads and leaves, by the paths in its text: `tables/NAME.parquet` is the table of that name, whatever
 * lies in `data/` is a file. One behind `>`, `>>`, `tee` or `-o` is written, any other read. Paths that are put together
 * (`data/$day.csv`) count as far as they are written; what a program does by itself is not seen.
 */
import {
  boundRenamed,
  mentions,
  NOT_NAMED,
  pathsIn,
  type Renamed,
  type Renaming,
} from '../../../interpreters/renaming.ts';
import { boundUses, MOST_READ, type Use, type Uses } from '../../../interpreters/uses.ts';

const PATH = /(?<![\p{L}\p{M}\p{N}_/.$}-])(?:\.\/)?((?:data|tables)\/[\p{L}\p{M}\p{N}_.*?$/{}-]*)/gu;
const WRITTEN = /(?:>>?\|?|\btee(?:\s+-a)?|\s-o|--output[= ])\s*["']?$/;
const TABLE = /^tables\/([\p{L}\p{M}\p{N}_-]+)\.parquet$/u;
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

/** Where it names a table as a file; a comment is none of it. */
export function renamedInShell(source: string, rename: Renaming): Renamed {
  if (!mentions(source, rename.from)) return NOT_NAMED;
  if (source.length > MOST_READ) return { edits: [], doubts: [{ start: 0, end: 0 }] };
  return boundRenamed({ edits: pathsIn(withoutComments(source), rename), doubts: [] });
}

/** As long as before. A `#` begins one where a word could, outside of quotes. */
function withoutComments(source: string): string {
  let text = '';
  let quote = '';
  for (let at = 0; at < source.length; at += 1) {
    const letter = source[at]!;
    if (letter === '\\' && quote !== "'") {
      text += source.slice(at, at + 2);
      at += 1;
    } else if (letter === '#' && quote === '' && /^$|[\s;&|()]/.test(source[at - 1] ?? '')) {
      const end = source.indexOf('\n', at) === -1 ? source.length : source.indexOf('\n', at);
      text += ' '.repeat(end - at);
      at = end - 1;
    } else {
      if (letter === quote) quote = '';
      else if (quote === '' && (letter === "'" || letter === '"')) quote = letter;
      text += letter;
    }
  }
  return text;
}
