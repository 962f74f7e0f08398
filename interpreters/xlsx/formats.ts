/**
 * What a number format makes of a number: pure. Spreadsheets store dates and times as numbers; that one is a date stands in
 * its format alone. Numbers of formats: ECMA-376 part 1, 18.8.30.
 */
export type Kind = 'number' | 'date' | 'time' | 'datetime' | 'duration';

/** Formats that files name by number without describing them; those of East Asian programs included. */
export function builtinKind(id: number): Kind {
  if (id >= 14 && id <= 17) return 'date';
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35)) return 'time';
  if (id === 22) return 'datetime';
  if (id >= 45 && id <= 47) return id === 46 ? 'duration' : 'time';
  if ((id >= 27 && id <= 31) || id === 36 || (id >= 50 && id <= 58)) return 'date';
  return 'number';
}

/** The first section of a format decides, as it is for positive numbers. */
export function kindOf(code: string): Kind {
  const [first = ''] = sectionsOf(code);
  const elapsed = /\[(?:h+|m+|s+)\]/i.test(first);
  // Colours, conditions, currencies and locales.
  const plain = first.replace(/\[[^\]]*\]/g, '').toLowerCase();
  if (elapsed) return 'duration';
  if (plain.includes('general') || /[0#?]e[+-]/.test(plain)) return 'number';
  const hasTime = /[hs]|am\/pm|a\/p/.test(plain.replace(/am\/pm|a\/p/g, 'h'));
  const letters = plain.replace(/am\/pm|a\/p/g, '');
  // Without hours or seconds around, an m is a month; with them it is minutes unless a day or year stands there.
  const hasDate = /[ydge]/.test(letters) || (/m/.test(letters) && !hasTime) || /m{3,}/.test(letters);
  if (hasDate && hasTime) return 'datetime';
  if (hasDate) return /[ydm]/.test(letters) ? 'date' : 'number';
  return hasTime ? 'time' : 'number';
}

/** Split at `;`, without quoted texts and escaped characters. */
function sectionsOf(code: string): readonly string[] {
  const plain = code
    .replace(/"[^"]*"?/g, '')
    // An escaped character, a space as wide as one, a fill with one.
    .replace(/[\\_*]./gs, '');
  return plain.split(';');
}
