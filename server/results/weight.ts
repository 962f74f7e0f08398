/**
 * What linked files take: nothing as long as somebody else has them too. Once all names of a file are those of results, whichever
 * notebooks they are of, one of these results takes all of it. So all results of the workspace are asked which file they have.
 */
import { recordsOf, type SessionKey } from '../protocol/keys.ts';
import type { ResultFiles } from './files.ts';
import type { Entry } from './manifest.ts';

/** Of linked results of one notebook, and whether each counts as what its file takes. */
export type Names = readonly { readonly name: string; readonly isCounted: boolean }[];

/** By the file's identity: results that have it, and whether one of them is counted with it. */
export type Holdings = Map<string, { results: number; isCounted: boolean }>;

export const namesIn = (entries: Iterable<Entry>): Names =>
  [...entries].flatMap(({ form, bytes }) =>
    form.kind === 'linked' ? [{ name: form.name, isCounted: bytes > 0 }] : [],
  );

export async function holdingsOf(
  linked: Iterable<readonly [SessionKey, Names]>,
  files: Pick<ResultFiles, 'names'>,
): Promise<Holdings> {
  const holdings: Holdings = new Map();
  for (const [key, names] of [...linked]) {
    for (const { name, isCounted } of names) {
      const found = await files.names(`${recordsOf(key)}/results`, name);
      if (!found) continue;
      const before = holdings.get(found.file);
      holdings.set(found.file, {
        results: (before?.results ?? 0) + 1,
        isCounted: isCounted || before?.isCounted === true,
      });
    }
  }
  return holdings;
}

/** Those of one notebook that take their file from now on; `holdings` knows it then. */
export async function newlyCounted(
  entries: Iterable<Entry>,
  namesOf: (name: string) => ReturnType<ResultFiles['names']>,
  holdings: Holdings,
): Promise<readonly Entry[]> {
  const counted: Entry[] = [];
  for (const entry of [...entries]) {
    const { form, bytes } = entry;
    const named = form.kind === 'linked' && bytes === 0 ? await namesOf(form.name) : undefined;
    const holding = named && holdings.get(named.file);
    if (!holding || holding.isCounted || named.count > holding.results) continue;
    holding.isCounted = true;
    counted.push(entry);
  }
  return counted;
}
