/**
 * Was a whole folder renamed? Only if all of its notebooks are now, each under the same path in it, below one other name,
 * and nothing else is there: what is shared by a folder's name follows this and nothing less. Pure.
 */
export type Move = { readonly from: string; readonly to: string };

/**
 * `moves`: of the last moments. `here`: all paths of notebooks now. `missing`: those that vanished in the last moments and
 * are nowhere yet. The top is no folder that moves, nor one that another becomes.
 */
export function renamedFolders(
  moves: readonly Move[],
  here: readonly string[],
  missing: readonly string[],
): readonly Move[] {
  const found = new Map<string, Move>();
  for (const one of moves) {
    for (const folders of candidates(one)) {
      const key = JSON.stringify(folders);
      if (found.has(key)) break;
      if (!isWhole(folders, moves, here, missing)) continue;
      found.set(key, folders);
      break;
    }
  }
  return [...found.values()];
}

/** `a/b/n` that is `c/b/n` now: `a` may have become `c`, or `a/b` `c/b`. The shortest first. */
function candidates({ from, to }: Move): readonly Move[] {
  const [old, now] = [from.split('/'), to.split('/')];
  let same = 0;
  while (same < Math.min(old.length, now.length) - 1 && old.at(-1 - same) === now.at(-1 - same)) same += 1;
  return Array.from({ length: same }, (_, index) => same - index).map((tail) => ({
    from: old.slice(0, -tail).join('/'),
    to: now.slice(0, -tail).join('/'),
  }));
}

function isWhole({ from, to }: Move, moves: readonly Move[], here: readonly string[], missing: readonly string[]) {
  const isIn = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
  const came = new Set(
    moves
      .filter((move) => isIn(from)(move.from) && move.to === to + move.from.slice(from.length))
      .map((move) => move.to),
  );
  return (
    ![...here, ...missing].some(isIn(from)) &&
    here.filter(isIn(to)).every((path) => came.has(path)) &&
    moves.every((move) => !isIn(from)(move.from) || came.has(move.to))
  );
}
