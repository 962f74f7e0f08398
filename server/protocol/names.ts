/**
 * Names of columns where names must differ (JSON keys, CSV heads, sort keys): the first keeps its name, a repeated `a`
 * becomes `a_2`, then `a_3`. Case folds, as in the engine, so that every format and every reader of one agrees. A name that
 * stands in the result as it is wins over a made one.
 */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set(names.map((name) => name.toLowerCase()));
  const used = new Set<string>();
  return names.map((name) => {
    let unique = name;
    if (used.has(name.toLowerCase())) {
      let count = 2;
      while (taken.has(`${name}_${count}`.toLowerCase())) count += 1;
      unique = `${name}_${count}`;
    }
    used.add(unique.toLowerCase());
    taken.add(unique.toLowerCase());
    return unique;
  });
}
