/** What an address asks for that no form takes: said on the page, as what is shown is not of it. Pure. */

/** Words of the page's own, and those that other sites add to every address that they lead to. */
const NO_VALUES = /^(as|token|to|utm_.*|fbclid|gclid|msclkid|mc_[ce]id|ref)$/i;
/** Enough to see what was meant. */
const MOST_NAMED = 3;
const LONGEST_NAME = 40;

/** `takes`: the names of forms whose values are used here. */
export function unusedIn(search: string, takes: ReadonlySet<string>): readonly string[] {
  const names = new Set([...new URLSearchParams(search).keys()].filter((name) => name !== ''));
  return [...names]
    .filter((name) => !takes.has(name) && !NO_VALUES.test(name))
    .slice(0, MOST_NAMED)
    .map((name) => name.slice(0, LONGEST_NAME));
}
