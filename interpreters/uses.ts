/**
 * What a paragraph's text reads and leaves, by name, as the program of its language finds it without running it: what the
 * text says, not what is there. Whose table a name means, and what follows from it, the server finds (`server/protocol/graph/`).
 */
import type { FormInputs } from './forms.ts';
import type { Renamed, Renaming } from './renaming.ts';

/**
 * `name`: a variable of the language where an earlier paragraph has one of that name, else a table. `settings`: what a
 * session has beside tables and variables: a path, macros, attached databases.
 */
export type UseKind = 'table' | 'file' | 'name' | 'variable' | 'settings';
export type Use = { readonly kind: UseKind; readonly name: string };

/**
 * What a text would read this moment, so told that two equal answers mean the same rows. Absent where that can't be known.
 * `tables`: names of named results, folded; nothing else of these names is there. `marks`: all else that it rests on, files
 * as they are among it.
 */
export type Inputs = { readonly tables: readonly string[]; readonly marks: readonly string[] };

export type Uses = {
  readonly reads: readonly Use[];
  readonly writes: readonly Use[];
  /** Of what could not be understood: names that count as read where there is such a table. */
  readonly words?: readonly string[];
  /** Why it may give something else when nothing of this changed, e.g. `now()`; absent: it can't. */
  readonly varies?: string;
  /** Where that was asked for. */
  readonly inputs?: Inputs;
  /** Where it names the table that was asked about. */
  readonly renamed?: Renamed;
};

/** One text, and what its placeholders stand for. `name`: of the result that a run of it gives. */
export type UsesAsk = {
  readonly interpreter: string;
  readonly source: string;
  readonly name?: string;
  readonly rename?: Renaming;
};
export type UsesAsked = {
  readonly asks: readonly UsesAsk[];
  readonly forms: FormInputs;
  /** What they would read now as well. */
  readonly inputs?: boolean;
};

/** UTF-16 units: a longer text is pasted data, and is not looked at. */
export const MOST_READ = 200_000;
/** Names kept of one text: those of a person's. */
export const MOST_USES = 500;
/** UTF-16 units of a name that is kept. */
export const LONGEST_USE = 300;
/** Marks of one text: a pattern of file names that finds more is not looked at. */
export const MOST_MARKS = 1_000;
/** UTF-16 units of a mark: a path, and how its file is. */
export const LONGEST_MARK = 5_000;

/** Each once, and no more than a person writes: what is left out may change, and the text gives something else. */
export function boundUses({ reads, writes, words, varies }: Uses): Uses {
  const read = once(reads);
  const written = once(writes);
  const why = varies ?? (read.whole && written.whole ? undefined : 'more than is looked at');
  return {
    reads: read.uses,
    writes: written.uses,
    ...(words && words.length > 0
      ? { words: [...new Set(words)].filter((name) => name.length <= LONGEST_USE).slice(0, MOST_USES) }
      : {}),
    ...(why === undefined ? {} : { varies: why.slice(0, LONGEST_USE) }),
  };
}

function once(all: readonly Use[]): { readonly uses: Use[]; readonly whole: boolean } {
  const found = new Map(all.map((use) => [`${use.kind} ${use.name}`, use]));
  const uses = [...found.values()].filter(({ name }) => name.length <= LONGEST_USE).slice(0, MOST_USES);
  return { uses, whole: uses.length === found.size };
}
