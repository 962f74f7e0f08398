/** Pictures that texts name, found once for each text: a page asks for its pictures one by one, and all who look ask again. */
import { pictureNames } from './pictures.ts';

/** Characters of texts that are kept, and how many: the texts with pictures of some dozen notebooks. */
const MOST_CHARACTERS = 4_000_000;
const MOST_TEXTS = 500;

export function openPictureNames(): (text: string) => readonly string[] {
  /** Those that were asked for last, last. */
  const kept = new Map<string, readonly string[]>();
  let characters = 0;
  return (text) => {
    const known = kept.get(text);
    const names = known ?? pictureNames(text);
    if (known) kept.delete(text);
    else characters += text.length;
    kept.set(text, names);
    for (const [old] of kept) {
      if (characters <= MOST_CHARACTERS && kept.size <= MOST_TEXTS) break;
      kept.delete(old);
      characters -= old.length;
    }
    return names;
  };
}
