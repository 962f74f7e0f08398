/**
 * What prose calls a picture that lies beside its notebook. Both ends of a report in one file call it so: the server, which
 * puts it there, and the page, which looks it up. Pure: whether there is one, and where, is the workspace's to say.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these from addresses
const DROPPED = /[\u0000-\u0020\u007f]/g;
const BESIDE = /^(?:\.\/)*data\/([^/\\?#]+)(?:[?#].*)?$/;

/** NAME of `data/NAME`; undefined for any other address. */
export function pictureName(url: string): string | undefined {
  const [, written] = BESIDE.exec(url.replace(DROPPED, '')) ?? [];
  if (written === undefined) return undefined;
  const name = decoded(written).normalize('NFC');
  return /^\.|[/\\\0]/.test(name) ? undefined : name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
