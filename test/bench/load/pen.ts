/**
 * Writes marks into a text as Yjs updates, without a document: each goes behind the one before of the same hand, so that no
 * hand ever splits another's mark. What a page would send for the same keys is the same bytes.
 */
import * as encoding from 'lib0/encoding';

/** An item of a document: who made it, and its number among theirs. */
export type ItemId = { readonly client: number; readonly clock: number };

/** As Yjs numbers what an item holds, and says that it names what stands before it. */
const STRING = 4;
const AFTER = 0x80;

export class Pen {
  readonly #client: number;
  readonly #text: ItemId;
  #clock = 0;

  /** `client`: a Yjs client id that nobody else writes under. `text`: the item that holds the text. */
  constructor(client: number, text: ItemId) {
    this.#client = client;
    this.#text = text;
  }

  write(letters: string): Uint8Array {
    const clock = this.#clock;
    this.#clock += letters.length;
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, 1);
      encoding.writeVarUint(encoder, this.#client);
      encoding.writeVarUint(encoder, clock);
      if (clock > 0) {
        encoding.writeUint8(encoder, STRING | AFTER);
        encoding.writeVarUint(encoder, this.#client);
        encoding.writeVarUint(encoder, clock - 1);
      } else {
        encoding.writeUint8(encoder, STRING);
        encoding.writeVarUint(encoder, 0);
        encoding.writeVarUint(encoder, this.#text.client);
        encoding.writeVarUint(encoder, this.#text.clock);
      }
      encoding.writeVarString(encoder, letters);
      encoding.writeVarUint(encoder, 0);
    });
  }
}
