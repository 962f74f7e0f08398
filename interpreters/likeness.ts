/** Which of the names there are a mistyped one may have meant. */

/** Longer names are not compared: a mistyped word is short, and the table of distances grows with the square. */
const MAX_COMPARED = 64;

/** Names close to `wanted`, closest first: an edit or two, three in long names, or the same but for case and marks. */
export function closeNames(wanted: string, names: Iterable<string>, limit = 3): string[] {
  const folded = fold(wanted);
  const allowed = folded.length <= 2 ? 1 : folded.length <= 7 ? 2 : 3;
  const found: { name: string; distance: number }[] = [];
  for (const name of new Set(names)) {
    const other = fold(name);
    if (Math.abs(other.length - folded.length) > allowed) continue;
    const distance = editDistance(folded, other);
    if (distance <= allowed && distance < folded.length) found.push({ name, distance });
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return found.slice(0, limit).map(({ name }) => name);
}

const fold = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[_\s-]/g, '')
    .slice(0, MAX_COMPARED);

/** Edits from one to the other: a letter more, less, other, or two neighbours swapped. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1);
      next.push(best);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
