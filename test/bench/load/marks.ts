/** A mark says who wrote it and which of theirs it is: `<12.345>`. */
export const markOf = (client: number, number: number): string => `<${client}.${number}>`;

const MARK = /<(\d+)\.(\d+)>/g;

export type Mark = { readonly client: number; readonly number: number };

export function marksIn(text: string): readonly Mark[] {
  return [...text.matchAll(MARK)].map(([, client, number]) => ({ client: Number(client), number: Number(number) }));
}

/** In bytes of an update: letters of marks are one byte each, and nothing stands between those of one mark. */
export const marksInBytes = (bytes: Uint8Array): readonly Mark[] =>
  marksIn(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1'));

export type Found = { readonly missing: number; readonly repeated: number };

/** `written`: how many marks each client wrote, of the clients whose marks should be here. */
export function compareMarks(found: Iterable<Mark>, written: ReadonlyMap<number, number>): Found {
  const seen = new Map([...written].map(([client, count]) => [client, new Uint8Array(count)]));
  let missing = [...written.values()].reduce((sum, count) => sum + count, 0);
  let repeated = 0;
  for (const { client, number } of found) {
    const marks = seen.get(client);
    if (!marks || number >= marks.length) continue;
    if (marks[number] === 0) missing -= 1;
    else repeated += 1;
    marks[number] = 1;
  }
  return { missing, repeated };
}
