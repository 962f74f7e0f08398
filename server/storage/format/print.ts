/**
 * A document as the text of its file, on top of the base: what did not change keeps its bytes, the rest is printed, and
 * the whole is read back before it is handed out, so that parse(print(document)) is the document. Where keeping bytes
 * would break that (an old fence left open, HTML that swallows what follows), the next attempt keeps fewer of them.
 */

import type { FrontAnnotations } from '../../protocol/annotations.ts';
import { type Content, sameContent } from '../../protocol/change.ts';
import type { Paragraph } from '../../protocol/document.ts';
import { PROSE } from '../../protocol/document.ts';
import type { FrontForms } from '../../protocol/forms/list.ts';
import type { FrontSection } from '../../protocol/messages.ts';
import type { FrontReport } from '../../protocol/report/document.ts';
import { effectiveTitle } from '../../protocol/title.ts';
import type { Base, Languages } from './base.ts';
import { checkFront, setFrontTitle } from './front.ts';
import { setFrontSection } from './front-sections.ts';
import { contentOf, printParagraph } from './paragraph.ts';
import { type Block, isFailure, type ParsedNotebook, parseNotebook } from './parse.ts';
import { rewrite } from './words.ts';

export type NotebookText = {
  /** Set by an edit or by front matter; else it follows from the first heading or the path. */
  readonly title?: string;
  readonly front?: string;
  /** Of the front matter; absent where the document never read those of its file. */
  readonly forms?: FrontForms;
  /** As of `forms`. */
  readonly report?: FrontReport;
  readonly annotations?: FrontAnnotations;
  readonly paragraphs: readonly Paragraph[];
  readonly path: string;
};

/** A base with its text parsed: what reading and printing work on. */
export type KnownBase = Base & { readonly parsed: ParsedNotebook };

/** Undefined if the base's text and ids do not fit: it was made by a version that reads files otherwise. */
export function knowBase(base: Base): KnownBase | undefined {
  const parsed = parseNotebook(base.text, base.languages);
  return isFailure(parsed) || parsed.blocks.length !== base.ids.length ? undefined : { ...base, parsed };
}

/** How many bytes of the base are kept: all that may be, not the blank lines and the base's last block, none. */
const ATTEMPTS = ['most', 'some', 'none'] as const;
type Keep = (typeof ATTEMPTS)[number];

/** The base itself if the document says nothing else: opening and running write nothing. */
export function printNotebook(notebook: NotebookText, languages: Languages, base?: KnownBase): KnownBase {
  const contents = notebook.paragraphs.map((paragraph) => contentOf(paragraph, languages));
  const front = frontOf(notebook);
  if (base && isUnchanged(notebook, contents, front, base)) return base;
  const ids = notebook.paragraphs.map((paragraph) => paragraph.id);
  for (const keep of base ? ATTEMPTS : (['none'] as const)) {
    const text = new Printer(notebook, contents, front, languages, keep, base).text();
    const parsed = parseNotebook(text, languages);
    if (!isFailure(parsed) && says(parsed, ids, contents)) return { text, ids, languages, parsed };
  }
  throw new Error(`a notebook does not come back out of its own text: ${notebook.path}`);
}

function isUnchanged(
  notebook: NotebookText,
  contents: readonly Content[],
  front: string | undefined,
  base: KnownBase,
): boolean {
  return (
    front === base.parsed.front &&
    contents.length === base.ids.length &&
    notebook.paragraphs.every((paragraph, index) => paragraph.id === base.ids[index]) &&
    contents.every((content, index) => sameContent(content, base.parsed.blocks[index]!))
  );
}

const says = (parsed: ParsedNotebook, ids: readonly string[], contents: readonly Content[]): boolean =>
  parsed.blocks.length === contents.length &&
  parsed.blocks.every(
    (block, index) => sameContent(block, contents[index]!) && (block.id === undefined || block.id === ids[index]),
  );

/** What of the front matter the file can't be made to say, as something unreadable stands there. */
export const unwrittenIn = (notebook: NotebookText): readonly FrontSection[] => sectionsOf(notebook).unwritten;

function frontOf(notebook: NotebookText): string | undefined {
  const { title, front, paragraphs, path } = notebook;
  const { yaml } = sectionsOf(notebook);
  const wanted = title?.toWellFormed().trim();
  const said = front === undefined ? undefined : checkFront(front)?.title;
  if (!wanted || wanted === effectiveTitle(said, paragraphs, path)) return yaml;
  return setFrontTitle(yaml, wanted);
}

function sectionsOf({ front, forms, report, annotations }: NotebookText) {
  let yaml = front !== undefined && checkFront(front) ? front : undefined;
  const unwritten: FrontSection[] = [];
  const sections = [
    ['forms', forms],
    ['report', report],
    ['annotations', annotations],
  ] as const;
  for (const [section, entries] of sections) {
    if (!entries) continue;
    const written = setFrontSection(yaml, section, entries);
    ({ yaml } = written);
    if (written.unwritten) unwritten.push(section);
  }
  return { yaml, unwritten };
}

class Printer {
  readonly #notebook: NotebookText;
  readonly #contents: readonly Content[];
  readonly #front: string | undefined;
  readonly #languages: Languages;
  readonly #keep: Keep;
  readonly #base: KnownBase | undefined;
  readonly #eol: string;
  readonly #places: ReadonlyMap<string, number>;

  constructor(
    notebook: NotebookText,
    contents: readonly Content[],
    front: string | undefined,
    languages: Languages,
    keep: Keep,
    base: KnownBase | undefined,
  ) {
    this.#notebook = notebook;
    this.#contents = contents;
    this.#front = front;
    this.#languages = languages;
    this.#keep = keep;
    this.#base = base;
    this.#eol = base?.parsed.eol ?? '\n';
    this.#places = new Map(base?.ids.map((id, index) => [id, index]));
  }

  text(): string {
    const { paragraphs } = this.#notebook;
    const parts = [this.#head()];
    let previous: number | undefined;
    for (const [index, { id }] of paragraphs.entries()) {
      const place = this.#places.get(id);
      parts.push(this.#gap(index, previous, place), this.#paragraph(index, place));
      previous = place;
    }
    parts.push(this.#tail(paragraphs.length, previous));
    return parts.join('');
  }

  #head(): string {
    const { text, head, front } = this.#base?.parsed ?? { text: '', head: 0 };
    if (this.#front === front) return text.slice(0, head);
    const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
    return this.#front === undefined ? mark : `${mark}${this.#lines(['---', ...this.#front.split('\n'), '---'])}`;
  }

  #lines(lines: readonly string[]): string {
    return lines.map((line) => line + this.#eol).join('');
  }

  #gap(index: number, previous: number | undefined, place: number | undefined): string {
    const { text, head, blocks, front } = this.#base?.parsed ?? { text: '', head: 0, blocks: [] };
    if (index === 0) {
      if (this.#keep === 'most' && place === 0 && (front === undefined) === (this.#front === undefined)) {
        return text.slice(head, blocks[0]!.start);
      }
      if (this.#front === undefined) return '';
      return this.#front === front && !/[\r\n]$/.test(text.slice(0, head)) ? this.#eol + this.#eol : this.#eol;
    }
    if (this.#keep === 'most' && place !== undefined && previous === place - 1) {
      return text.slice(blocks[previous]!.end, blocks[place]!.start);
    }
    return this.#eol + this.#eol;
  }

  #tail(count: number, last: number | undefined): string {
    const base = this.#base?.parsed;
    if (base && count === 0 && base.blocks.length === 0) return base.text.slice(base.head);
    if (count === 0) return '';
    const isLast = base !== undefined && last === base.blocks.length - 1;
    return isLast && this.#keep !== 'none' ? base.text.slice(base.blocks[last]!.end) : this.#eol;
  }

  #paragraph(index: number, place: number | undefined): string {
    const content = this.#contents[index]!;
    const id = this.#notebook.paragraphs[index]!.id;
    const block = place === undefined ? undefined : this.#base?.parsed.blocks[place];
    const afterProse = this.#contents[index - 1]?.interpreter === PROSE;
    const where = { first: index === 0 && this.#front === undefined, afterProse };
    const raw = block && sameContent(block, content) ? this.#raw(id, block, index, where) : undefined;
    return raw ?? printParagraph(id, content, this.#languages, where, block).join('\n').replaceAll('\n', this.#eol);
  }

  /** The block as it stands, but with the id that it lacks. */
  #raw(id: string, block: Block, index: number, where: { first: boolean; afterProse: boolean }): string | undefined {
    const base = this.#base?.parsed;
    if (!base || this.#keep === 'none') return undefined;
    const isLast = index === this.#contents.length - 1;
    if (this.#keep === 'some' && block === base.blocks.at(-1) && !isLast) return undefined;
    const raw = base.text.slice(block.start, block.end);
    const { opening } = block;
    if (opening) {
      if (block.id === id) return raw;
      const wanted = new Map(opening.words.flatMap((word) => keyed(opening.line, word)));
      wanted.set('id', `id=${id}`);
      return rewrite(opening.line, opening.words, opening.from, wanted) + raw.slice(opening.line.length);
    }
    const needed = where.afterProse || (where.first && /^(?:\uFEFF|---)/.test(raw));
    return needed ? `<!-- paragraph id=${id} -->${this.#eol}${raw}` : raw;
  }
}

const keyed = (line: string, word: { key?: string; start: number; end: number }): [string, string][] =>
  word.key === undefined ? [] : [[word.key, line.slice(word.start, word.end)]];
