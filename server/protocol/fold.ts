/**
 * When two names are one: whoever looks for somebody, counts their attempts, or makes an account of a name asks this. Case folds in full
 * (ß is ss, ς is σ, ẞ is ß, İ and ı are i), as directories compare; letters of compatibility are plain ones, however they are composed; what
 * nobody sees is not there.
 */
export function nameKey(name: string): string {
  if (PLAIN.test(name)) return name.toLowerCase().replaceAll(SPACES, ' ').trim();
  const seen = name.replaceAll(SPACES, ' ').normalize('NFKC').replaceAll(UNSEEN, '');
  // Up and down twice: ẞ has no capital but its own, and İ falls apart into an i and a dot.
  const folded = seen.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC').replaceAll('i\u0307', 'i');
  return folded.replaceAll('ς', 'σ').replaceAll(SPACES, ' ').trim();
}

/** As most are. */
const PLAIN = /^[\x20-\x7e]*$/;
const SPACES = /[\s\u0085]+/g;
/** Directories pass over these too. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;
