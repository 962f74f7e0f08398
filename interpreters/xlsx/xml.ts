/** XML as it comes: elements by their local names, texts in pieces, nothing held beyond one tag. */
import sax, { type Tag } from 'sax';
import { MAX_DEPTH, MAX_TAG_CHARACTERS } from './limits.ts';
import { unreadable } from './trouble.ts';

export type Attributes = Readonly<Record<string, string>>;

export type XmlHandler = {
  /** `name` without its prefix. */
  open?(name: string, attributes: Attributes): void;
  /** Pieces of one text may come apart. */
  text?(text: string): void;
  close?(name: string): void;
};

/** `after` is awaited after each chunk: what takes the values may be slower. Rejects with Failed for what is no XML. */
export async function readXml(
  chunks: AsyncIterable<Uint8Array>,
  part: string,
  handler: XmlHandler,
  after?: () => Promise<void> | undefined,
): Promise<void> {
  const parser = sax.parser(true, { position: false });
  let depth = 0;
  let failed: unknown;
  /** Characters since anything was told: of one tag, or of a comment. */
  let quiet = 0;
  parser.onerror = (error) => {
    failed ??= unreadable(`is damaged: its part ${part} is no XML (${error.message.split('\n')[0]}).`);
    // As the parser wants it: it goes on, and what follows is not looked at.
    parser.resume();
  };
  parser.onopentag = (tag) => {
    quiet = 0;
    depth += 1;
    if (depth > MAX_DEPTH) failed ??= unreadable(`is damaged: its part ${part} is nested too deep.`);
    else if (failed === undefined) handler.open?.(localName(tag.name), (tag as Tag).attributes);
  };
  parser.onclosetag = (name) => {
    quiet = 0;
    depth -= 1;
    if (failed === undefined) handler.close?.(localName(name));
  };
  const onText = (text: string): void => {
    quiet = 0;
    if (failed === undefined) handler.text?.(text);
  };
  parser.ontext = onText;
  parser.oncdata = onText;
  const decoder = new TextDecoder();
  for await (const chunk of chunks) {
    const piece = decoder.decode(chunk, { stream: true });
    quiet += piece.length;
    // What it has of a text is told now, so that a long one is never held.
    parser.write(piece).flush();
    if (quiet > MAX_TAG_CHARACTERS) failed ??= unreadable(`is damaged: its part ${part} has an endless tag.`);
    if (failed !== undefined) throw failed;
    await after?.();
  }
  parser.write(decoder.decode()).close();
  if (failed !== undefined) throw failed;
}

/** `x:row` → `row`. */
function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon === -1 ? name : name.slice(colon + 1);
}

/** An attribute by its local name: relations are named `r:id`, under any prefix. */
export function attribute(attributes: Attributes, name: string): string | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name];
  for (const key of Object.keys(attributes)) if (localName(key) === name) return attributes[key];
  return undefined;
}
