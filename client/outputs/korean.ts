/** A day of a table, `2015-01-31` → `2015년 1월 31일`; undefined where it is none of those years. */
export function koreanDay(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})/.exec(text) ?? [];
  if (text.endsWith('(BC)')) return undefined;
  return year === undefined ? undefined : `${Number(year)}년 ${Number(month)}월 ${Number(day)}일`;
}
