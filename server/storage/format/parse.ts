/**
 * A notebook file as blocks. Every byte of the text belongs to the head (byte order mark and front matter), to one
 * block, or to the blank lines between, before and behind blocks; so what did not change can be written as it stands.
 * `docs/notebook-format.md` is the specification.
 */

import type { FrontAnnotations } from '../../protocol/annotations.ts';
import { type Options, PROSE } from '../../protocol/document.ts';
import type { FrontForms } from '../../protocol/forms/list.ts';
import type { ParagraphId } from '../../protocol/ids.ts';
import type { FrontReport } from '../../protocol/report/document.ts';
import type { Languages } from './base.ts';
import { findFront } from './front.ts';
import { type Eol, eolOf, isBlankLine, type Lines, lineAt, splitLines } from './lines.ts';
import { type Piece, topLevelPieces } from './markdown.ts';
import { readComment, readHeader, readWords, type Word } from './words.ts';

export type Block = {
  /** Offsets in the text; the line end after the block is not part of it. */
  readonly start: number;
  readonly end: number;
  /** 1-based. */
  readonly line: number;
  /** The interpreter's own name, an alias resolved; `PROSE` for prose. */
  readonly interpreter: string;
  /** As the file says; absent too where an earlier block has the same. */
  readonly id?: ParagraphId;
  readonly name?: string;
  readonly options: Options;
  readonly source: string;
  /** The fence's or marker's line. */
  readonly opening?: Opening;
  /** Keys of options that stand in the comment after the block. */
  readonly commented: readonly string[];
};

export type Opening = {
  readonly line: string;
  readonly words: readonly Word[];
  /** Where in `line` the first word may stand. */
  readonly from: number;
  /** Of a code paragraph. */
  readonly mark?: string;
};

export type ParsedNotebook = {
  readonly text: string;
  /** Where the head ends. */
  readonly head: number;
  readonly front?: string;
  /** From the front matter only. */
  readonly title?: string;
  readonly forms?: FrontForms;
  readonly report?: FrontReport;
  readonly annotations?: FrontAnnotations;
  readonly eol: Eol;
  readonly blocks: readonly Block[];
};

export type ParseFailure = { readonly message: string; readonly line: number };

export const isFailure = (parsed: ParsedNotebook | ParseFailure): parsed is ParseFailure => 'message' in parsed;

/** Words of a marker that are not options of the prose. */
export const MARKER_FLAGS = ['blank-before', 'blank-after', 'fenced'] as const;
/** Blank lines that a marker may add at an end of its prose; more, and the prose is fenced. */
export const MOST_BLANKS = 100;

const MARKER = /^<!-- paragraph((?:[ \t](?:(?!-->).)*?)?)[ \t]*-->[ \t]*$/s;
const MARKER_WORD_END = '<!-- paragraph'.length;
const FENCE_LINE = /^ {0,3}(`{3,}|~{3,})[ \t]*/;
const FIRST_WORD = /^\S+/;
const NEVER = / run=never$/;

export function parseNotebook(text: string, languages: Languages): ParsedNotebook | ParseFailure {
  const lines = splitLines(text);
  const front = findFront(lines);
  if (front && 'message' in front) return front;
  const first = front?.next ?? 0;
  const head = front ? (lines.starts[first] ?? text.length) : text.startsWith('\uFEFF') ? 1 : 0;
  const body = text.slice(head).replace(/\r\n?/g, '\n');
  const blocks = new Scan(lines, first, head, languages).blocks(topLevelPieces(body));
  if ('message' in blocks) return blocks;
  return {
    text,
    head,
    ...(front ? { front: front.yaml } : {}),
    ...(front?.title === undefined ? {} : { title: front.title }),
    ...(front?.forms ? { forms: front.forms } : {}),
    ...(front?.report ? { report: front.report } : {}),
    ...(front?.annotations ? { annotations: front.annotations } : {}),
    eol: eolOf(text),
    blocks: withoutRepeatedIds(blocks),
  };
}

function withoutRepeatedIds(blocks: readonly Block[]): readonly Block[] {
  const seen = new Set<string>();
  return blocks.map((block) => {
    if (block.id === undefined || !seen.has(block.id)) {
      if (block.id !== undefined) seen.add(block.id);
      return block;
    }
    const { id: _, ...rest } = block;
    return rest;
  });
}

/** The fence's own language if it is a code paragraph's, `never` if it would be but for `run=never`. */
export function fenceLanguage(line: string, languages: Languages): { name: string; never: boolean } | undefined {
  const from = FENCE_LINE.exec(line)?.[0].length ?? 0;
  const word = FIRST_WORD.exec(line.slice(from))?.[0].toLowerCase();
  const name = word !== undefined && Object.hasOwn(languages, word) ? languages[word] : undefined;
  if (word === undefined || name === undefined || name === PROSE) return undefined;
  const words = readWords(line, from + word.length);
  return { name, never: words.some((one) => one.key === 'run' && one.text === 'never') };
}

/** `run=never` keeps a fence of prose from being a paragraph; it stands in the file only. Its inverse: `addNever`. */
const removeNever = (line: string): string => line.replace(NEVER, '');

export function addNever(line: string, languages: Languages): string {
  const language = fenceLanguage(line, languages);
  return language && (!language.never || NEVER.test(line)) ? `${line} run=never` : line;
}

type Prose = {
  from: number;
  marker?: Opening;
  /** A line that is the paragraph's options if nothing follows it. */
  comment?: { readonly line: number; readonly options: Options };
};

class Scan {
  readonly #lines: Lines;
  readonly #first: number;
  readonly #head: number;
  readonly #languages: Languages;
  readonly #found: Block[] = [];
  readonly #never = new Set<number>();
  #pieces: ReadonlyMap<number, Piece> = new Map();
  #prose: Prose;

  constructor(lines: Lines, first: number, head: number, languages: Languages) {
    this.#lines = lines;
    this.#first = first;
    this.#head = head;
    this.#languages = languages;
    this.#prose = { from: first };
  }

  blocks(pieces: readonly Piece[]): readonly Block[] | ParseFailure {
    this.#pieces = new Map(pieces.map((piece) => [piece.from + this.#first, piece]));
    for (const piece of pieces) {
      const from = piece.from + this.#first;
      const to = piece.to + this.#first;
      const line = this.#line(from);
      if (piece.kind === 'fence') {
        const language = fenceLanguage(line, this.#languages);
        if (language?.never) this.#never.add(from);
        else if (language) {
          this.#flush(from);
          this.#code(from, to, piece, language.name);
          this.#prose = { from: to };
        }
      } else if (to === from + 1 && MARKER.test(line)) {
        this.#flush(from);
        this.#prose = { from, marker: markerOf(line) };
      } else if (to === from + 1) {
        const failure = this.#comment(from, line);
        if (failure) return failure;
      }
    }
    this.#flush(this.#lines.starts.length);
    return this.#found;
  }

  #line(index: number): string {
    const line = lineAt(this.#lines, index);
    return index === 0 && this.#head === 1 ? line.slice(1) : line;
  }

  #code(from: number, to: number, piece: Piece & { kind: 'fence' }, interpreter: string): void {
    const line = this.#line(from);
    const start = FENCE_LINE.exec(line)?.[0].length ?? 0;
    const wordEnd = start + (FIRST_WORD.exec(line.slice(start))?.[0].length ?? 0);
    const words = readWords(line, wordEnd);
    const { id, name, options } = readHeader(words, []);
    this.#found.push({
      start: Math.max(this.#head, this.#lines.starts[from]!),
      end: this.#lines.ends[to - 1]!,
      line: from + 1,
      interpreter,
      ...(id ? { id } : {}),
      ...(name ? { name } : {}),
      options,
      source: piece.content.replace(/\n$/, ''),
      opening: { line, words, from: wordEnd, mark: piece.mark },
      commented: [],
    });
  }

  /** A `<!-- gondola {…} -->` line: of the code right before it, or of the prose that it may end. */
  #comment(index: number, line: string): ParseFailure | undefined {
    let options: Options | undefined;
    try {
      options = readComment(line);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { message: `the options in <!-- gondola … --> are not JSON: ${why}`, line: index + 1 };
    }
    if (!options) return undefined;
    const last = this.#found.at(-1);
    const onlyBlank = this.#firstText(this.#prose.from, index) === undefined;
    if (!onlyBlank) this.#prose.comment = { line: index, options };
    else if (last && last.interpreter !== PROSE) {
      this.#found[this.#found.length - 1] = {
        ...last,
        end: this.#lines.ends[index]!,
        options: { ...options, ...last.options },
        commented: Object.keys(options).filter((key) => !Object.hasOwn(last.options, key)),
      };
      this.#prose = { from: index + 1 };
    }
    return undefined;
  }

  #firstText(from: number, to: number): number | undefined {
    for (let index = from; index < to; index += 1) if (!isBlankLine(this.#lines, index)) return index;
    return undefined;
  }

  #lastText(from: number, to: number): number | undefined {
    for (let index = to - 1; index >= from; index -= 1) if (!isBlankLine(this.#lines, index)) return index;
    return undefined;
  }

  #flush(until: number): void {
    const { from, marker, comment } = this.#prose;
    const first = this.#firstText(from, until);
    const last = this.#lastText(from, until);
    if (first === undefined || last === undefined) return;
    const isComment = comment?.line === last;
    const textFrom = this.#firstText(marker ? from + 1 : from, isComment ? last : until);
    const textLast = isComment ? this.#lastText(marker ? from + 1 : from, last) : last;
    const { id, name, options } = readHeader(marker?.words ?? [], MARKER_FLAGS);
    const long = isComment ? comment.options : {};
    this.#found.push({
      start: Math.max(this.#head, this.#lines.starts[first]!),
      end: this.#lines.ends[last]!,
      line: first + 1,
      interpreter: PROSE,
      ...(id ? { id } : {}),
      ...(name ? { name } : {}),
      options: { ...long, ...options },
      source: this.#source(marker, textFrom, textLast),
      ...(marker ? { opening: marker } : {}),
      commented: Object.keys(long).filter((key) => !Object.hasOwn(options, key)),
    });
  }

  #source(marker: Opening | undefined, first: number | undefined, last: number | undefined): string {
    const flag = (key: string) => marker?.words.find((word) => word.key === key)?.value;
    const blanks = (key: string): string => {
      const count = flag(key);
      return typeof count === 'number' ? '\n'.repeat(Math.max(0, Math.min(MOST_BLANKS, Math.trunc(count)))) : '';
    };
    if (first === undefined || last === undefined) return blanks('blank-before') + blanks('blank-after');
    const fence = this.#pieces.get(first);
    if (flag('fenced') === true && fence?.kind === 'fence' && fence.to + this.#first === last + 1) {
      return fence.content.replace(/\n$/, '');
    }
    const body: string[] = [];
    for (let index = first; index <= last; index += 1) {
      body.push(this.#never.has(index) ? removeNever(this.#line(index)) : this.#line(index));
    }
    return blanks('blank-before') + body.join('\n') + blanks('blank-after');
  }
}

function markerOf(line: string): Opening {
  const inside = MARKER.exec(line)?.[1] ?? '';
  return {
    line,
    words: readWords(line.slice(0, MARKER_WORD_END + inside.length), MARKER_WORD_END),
    from: MARKER_WORD_END,
  };
}
