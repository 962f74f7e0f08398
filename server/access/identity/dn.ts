/** Names of entries (RFC 4514), as far as they tell a group's name and whether it lies in a place: attributes and values. */
type Part = { readonly attribute: string; readonly value: string };

/** Of `cn=a\, b,ou=groups`: the value of `attribute` in the first part, if the rest lies in `base`, or below it. */
export function nameBelow(dn: string, attribute: string, base: string): string | undefined {
  const [own, ...above] = partsOf(dn) ?? [];
  const place = partsOf(base);
  if (!own || !place || place.length === 0 || above.length < place.length) return undefined;
  const isBelow = place.every((part, index) => {
    const other = above[above.length - place.length + index];
    return other !== undefined && keyOf(other) === keyOf(part);
  });
  if (!isBelow) return undefined;
  return own.find((one) => one.attribute === attribute.toLowerCase())?.value;
}

/** One way to write the name of a place. */
export const plainDn = (dn: string): string => partsOf(dn)?.map(keyOf).join(',') ?? dn.trim().toLowerCase();

const keyOf = (parts: readonly Part[]): string =>
  parts
    .map(
      ({ attribute, value }) =>
        `${attribute}=${value
          .replaceAll(/\s+/g, ' ')
          .toLowerCase()
          .replaceAll(/[,+\\]/g, '\\$&')}`,
    )
    .sort()
    .join('+');

/** Undefined where it is no name. Hex values (`#04…`) are kept as they are written. */
function partsOf(dn: string): readonly (readonly Part[])[] | undefined {
  const all: Part[][] = [[]];
  let at = 0;
  while (at < dn.length) {
    const name = /^\s*([A-Za-z][A-Za-z0-9-]*|[0-9.]+)\s*=\s*/.exec(dn.slice(at));
    if (!name) return undefined;
    at += name[0].length;
    const value = valueAt(dn, at);
    if (!value) return undefined;
    all.at(-1)?.push({ attribute: name[1]!.toLowerCase(), value: value.text });
    at = value.end;
    if (dn[at] === ',') all.push([]);
    at += 1;
  }
  return all.some((part) => part.length === 0) ? undefined : all;
}

function valueAt(dn: string, start: number): { readonly text: string; readonly end: number } | undefined {
  const bytes: number[] = [];
  /** Spaces at the end are no part of it, unless they are escaped. */
  let kept = 0;
  let at = start;
  while (at < dn.length && dn[at] !== ',' && dn[at] !== '+') {
    const hex = /^\\([0-9A-Fa-f]{2})/.exec(dn.slice(at, at + 3))?.[1];
    const isEscaped = dn[at] === '\\';
    if (isEscaped && hex === undefined) at += 1;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else {
      const point = dn.codePointAt(at);
      if (point === undefined) return undefined;
      const letter = String.fromCodePoint(point);
      bytes.push(...Buffer.from(letter));
      at += letter.length - 1;
    }
    at += hex === undefined ? 1 : 3;
    if (isEscaped || bytes.at(-1) !== 0x20) kept = bytes.length;
  }
  return { text: Buffer.from(bytes.slice(0, kept)).toString('utf8'), end: at };
}
