/** Entity tags of what has no version of its own: named by its content. */
import { createHash } from 'node:crypto';

export const tagOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** The tags of a header, strong or weak. */
export const tagsIn = (header: string | readonly string[] | undefined): readonly string[] =>
  [...String(header ?? '').matchAll(/(?:W\/)?"([A-Za-z0-9_-]{1,64})"/g)].map((match) => match[1] ?? '');
