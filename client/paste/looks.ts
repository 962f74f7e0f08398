/**
 * Whether a table may be in what is pasted, in few bytes and no time: it stands in the first visit. What reads it whole
 * (`table.ts`) comes when it is needed, and may find that it is text.
 */
export function mayBeTable(html: string, text: string): boolean {
  return /<table[\s>]/i.test(html) || /^[^\n]*[\t,;][^\n]*\n[^\n]*[\t,;]/.test(text.slice(0, LOOKED_AT).trim());
}

/** Two lines are enough; a line of more than this is no row that anybody reads. */
const LOOKED_AT = 100_000;
