/**
 * The mouse on text that nobody edits yet: the click that begins editing sets the caret where it fell, and a drag, a
 * double or a triple click choose what they would choose in a field. From then on the field has the mouse.
 */
export type PointerOptions = {
  /** The element whose text nodes, joined, are the text. */
  readonly text: HTMLElement;
  readonly value: () => string;
  readonly onSelect: (anchor: number, head: number) => void;
};

/** Returns the release. */
export function listenToPointer(host: HTMLElement, options: PointerOptions): () => void {
  const abort = new AbortController();
  const page = host.ownerDocument;
  const place = (event: MouseEvent): number =>
    offsetAt(options.text, event.clientX, event.clientY) ?? options.value().length;

  host.addEventListener(
    'mousedown',
    (event) => {
      if (event.button !== 0 || event.shiftKey) return;
      event.preventDefault();
      const start = place(event);
      const chosen = spanAt(options.value(), start, event.detail);
      options.onSelect(chosen.start, chosen.end);
      const drag = new AbortController();
      const signal = AbortSignal.any([drag.signal, abort.signal]);
      page.addEventListener(
        'mousemove',
        (moved) => {
          if (moved.buttons !== 1) drag.abort();
          else if (event.detail === 1) options.onSelect(start, place(moved));
        },
        { signal },
      );
      page.addEventListener('mouseup', () => drag.abort(), { signal });
    },
    { signal: abort.signal },
  );
  return () => abort.abort();
}

/** The offset in the text of `root` nearest to a point of the window. */
export function offsetAt(root: HTMLElement, x: number, y: number): number | undefined {
  const page = root.ownerDocument;
  const at = page.caretPositionFromPoint?.(x, y);
  const [node, offset] = at ? [at.offsetNode, at.offset] : fromRange(page, x, y);
  if (!node || !root.contains(node)) return undefined;
  if (node.nodeType !== Node.TEXT_NODE) return undefined;
  const walker = page.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let passed = 0;
  for (let each = walker.nextNode(); each; each = walker.nextNode()) {
    if (each === node) return passed + offset;
    passed += each.nodeValue?.length ?? 0;
  }
  return undefined;
}

function fromRange(page: Document, x: number, y: number): [Node | undefined, number] {
  const range = page.caretRangeFromPoint?.(x, y);
  return range ? [range.startContainer, range.startOffset] : [undefined, 0];
}

/** One click: a caret; two: the word; three: the line. */
export function spanAt(text: string, offset: number, clicks: number): { start: number; end: number } {
  const at = Math.min(offset, text.length);
  if (clicks === 2) {
    const before = /[\p{L}\p{M}\p{N}_]*$/u.exec(text.slice(0, at))![0].length;
    const after = /^[\p{L}\p{M}\p{N}_]*/u.exec(text.slice(at))![0].length;
    return { start: at - before, end: before + after === 0 ? Math.min(text.length, at + 1) : at + after };
  }
  if (clicks >= 3) {
    const end = text.indexOf('\n', at);
    return { start: text.lastIndexOf('\n', at - 1) + 1, end: end < 0 ? text.length : end + 1 };
  }
  return { start: at, end: at };
}
