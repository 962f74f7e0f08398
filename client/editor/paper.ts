/**
 * The text as it stands on the page without an editor: coloured, with others' carets and selections and the places of
 * errors drawn over it. It lies under the plain field too, whose own letters are transparent: so the text looks the
 * same before, while and after one writes in it.
 */
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import { colour } from './colour.ts';
import type { Remote } from './presence.ts';

export type Paper = {
  readonly element: HTMLElement;
  /** Holds the text, and only the text. */
  readonly text: HTMLElement;
  show(text: string, interpreter: string): void;
  marks(remotes: readonly Remote[], errors: readonly ErrorOutput[]): void;
  /** The top of the line an offset stands on, in pixels of the page. */
  topOf(offset: number): number;
};

export function createPaper(): Paper {
  const element = document.createElement('div');
  element.className = 'source-paper';
  const pre = element.appendChild(document.createElement('pre'));
  pre.className = 'source-text';
  pre.setAttribute('aria-hidden', 'true');
  const over = element.appendChild(document.createElement('div'));
  over.className = 'source-marks';
  let text = '';

  /** The place between two characters: a text node and an offset in it. */
  function rangeAt(start: number, end: number): Range {
    const range = document.createRange();
    const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
    let passed = 0;
    let open = false;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const length = node.nodeValue?.length ?? 0;
      if (!open && start <= passed + length) {
        range.setStart(node, start - passed);
        open = true;
      }
      if (open && end <= passed + length) {
        range.setEnd(node, end - passed);
        return range;
      }
      passed += length;
    }
    range.selectNodeContents(pre);
    range.collapse(false);
    return range;
  }

  function boxes(start: number, end: number, className: string, color: number | undefined): void {
    const origin = element.getBoundingClientRect();
    for (const rect of rangeAt(start, end).getClientRects()) {
      const box = over.appendChild(document.createElement('i'));
      box.className = className;
      if (color !== undefined) box.style.setProperty('--who', `var(--person-${color})`);
      box.style.left = `${rect.left - origin.left}px`;
      box.style.top = `${rect.top - origin.top}px`;
      box.style.width = `${rect.width}px`;
      box.style.height = `${rect.height}px`;
    }
  }

  function caret({ head, name, color }: Remote): void {
    const origin = element.getBoundingClientRect();
    const rect = caretRect(head);
    const mark = over.appendChild(document.createElement('i'));
    mark.className = 'remote-caret';
    mark.dataset.name = name;
    mark.style.setProperty('--who', `var(--person-${color})`);
    mark.style.left = `${rect.left - origin.left}px`;
    mark.style.top = `${rect.top - origin.top}px`;
    mark.style.height = `${rect.height || 21}px`;
  }

  /** A collapsed range at a line's start has no box in some browsers: the character behind it has. */
  function caretRect(offset: number): DOMRect {
    const rects = rangeAt(offset, offset).getClientRects();
    if (rects.length > 0) return rects[rects.length - 1]!;
    return rangeAt(offset, offset + 1).getClientRects()[0] ?? pre.getBoundingClientRect();
  }

  return {
    element,
    text: pre,
    show: (next, interpreter) => {
      text = next;
      // A line end at the very end has no line of its own unless something follows.
      pre.innerHTML = `${colour(next, interpreter)}\n`;
    },
    marks: (remotes, errors) => {
      if (over.firstChild) over.textContent = '';
      for (const error of errors) {
        const span = spanOf(text, error);
        if (span) boxes(span.start, span.end, 'source-error', undefined);
      }
      for (const remote of remotes) {
        const [start, end] = [Math.min(remote.anchor, remote.head), Math.max(remote.anchor, remote.head)];
        if (end > start) boxes(start, end, 'remote-selection', remote.color);
        caret(remote);
      }
    },
    topOf: (offset) => caretRect(offset).top,
  };
}

/** From here on the page shows the beginning only, and the editor scrolls in itself. */
export const LARGE = 200_000;
const LARGE_LINES = 40;

export function beginning(text: string): string {
  let end = 0;
  for (let line = 0; line < LARGE_LINES && end >= 0; line += 1) end = text.indexOf('\n', end + 1);
  return text.slice(0, end < 0 ? LARGE : Math.min(end, LARGE));
}

/** Calls when letters may stand elsewhere: the element has another width, or a font has come. Returns the release. */
export function observeLetters(element: HTMLElement, act: () => void): () => void {
  const { fonts } = element.ownerDocument;
  fonts?.addEventListener('loadingdone', act);
  let width = element.clientWidth;
  const sizes = new ResizeObserver(() => {
    if (element.clientWidth === width) return;
    width = element.clientWidth;
    act();
  });
  sizes.observe(element);
  return () => {
    fonts?.removeEventListener('loadingdone', act);
    sizes.disconnect();
  };
}

/** The characters an error speaks of: a word if it names no length, the line if it names no column either. */
export function spanOf(text: string, error: ErrorOutput): { start: number; end: number } | undefined {
  if (error.line === undefined) return undefined;
  let start = 0;
  for (let line = 1; line < error.line; line += 1) {
    const end = text.indexOf('\n', start);
    if (end < 0) return undefined;
    start = end + 1;
  }
  const lineEnd = text.indexOf('\n', start);
  const most = lineEnd < 0 ? text.length : lineEnd;
  if (error.column === undefined) {
    const written = text.slice(start, most).trim();
    const first = text.indexOf(written, start);
    return written === '' ? undefined : { start: first, end: first + written.length };
  }
  const from = Math.min(most, start + Math.max(0, error.column - 1));
  const length = error.length ?? Math.max(1, /^[\p{L}\p{N}_]+/u.exec(text.slice(from, most))?.[0].length ?? 1);
  const end = Math.min(text.length, from + Math.max(1, length));
  return end > from ? { start: from, end } : from > start ? { start: from - 1, end: from } : undefined;
}
