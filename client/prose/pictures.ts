/**
 * Where the pictures of prose come from for those who may not read the files of `data/`: the server gives them what a text
 * shows that they see; a report in one file holds it. A picture with code of its own (SVG) is no `img`; its place is left,
 * and whoever holds it draws it.
 */
import { createContext } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { pictureName } from '../../server/protocol/report/picture.ts';

export type Held =
  | { readonly is: 'picture'; readonly address: string }
  | { readonly is: 'vector'; readonly name: string }
  | { readonly is: 'missing'; readonly text: string };

export type HeldPictures = {
  /** `url` as prose has it. Undefined: it is looked for as ever. */
  find(url: string): Held | undefined;
  /** Draws what has its place in `host`: `[data-vector]`. Called whenever the text was drawn anew. */
  draw(host: HTMLElement): void;
};

export const HeldContext = createContext<HeldPictures>();

/** What a notebook's texts show, from its server. */
export const picturesShownBy = (id: NotebookId): HeldPictures => ({
  find(url) {
    const name = pictureName(url);
    return name === undefined
      ? undefined
      : { is: 'picture', address: `/api/v1/notebooks/${id}/pictures/${encodeURIComponent(name)}` };
  },
  draw() {},
});
