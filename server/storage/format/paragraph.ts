/**
 * One paragraph as the lines of a file: a code paragraph as a fence, prose as itself. What its block in the base says and
 * still holds (fence, alias, order of words, words of other tools) is kept. Prose that would not come back out of
 * the file as it went in (a fence left open, a line that looks like a marker) is put in a `markdown` fence, verbatim.
 */
import { type Content, sameContent } from '../../protocol/change.ts';
import { type Json, type Options, type Paragraph, PROSE } from '../../protocol/document.ts';
import type { Languages } from './base.ts';
import { isBlank, normalise } from './lines.ts';
import { topLevelPieces } from './markdown.ts';
import { addNever, type Block, fenceLanguage, isFailure, MARKER_FLAGS, MOST_BLANKS, parseNotebook } from './parse.ts';
import { printComment, printName, printWord, rewrite } from './words.ts';

/** Where a paragraph stands decides whether prose needs a marker. */
export type Place = { readonly first: boolean; readonly afterProse: boolean };

/** What the file will say of a paragraph: without `\r`, its interpreter's own name; of an unknown one, a fence in prose. */
export function contentOf(paragraph: Paragraph, languages: Languages): Content {
  const { interpreter, options } = paragraph;
  const source = normalise(paragraph.source);
  const name = paragraph.name ? { name: paragraph.name.toWellFormed() } : {};
  if (interpreter === PROSE) return { interpreter, source, options, ...name };
  const own = Object.hasOwn(languages, interpreter) ? languages[interpreter] : undefined;
  if (own !== undefined && own !== PROSE) return { interpreter: own, source, options, ...name };
  const mark = markFor(source, '```');
  const word = interpreter.replace(/[\s`]/g, '') || 'text';
  const body = source === '' ? '' : `${source}\n`;
  return { interpreter: PROSE, source: `${mark}${word}\n${body}${mark}`, options, ...name };
}

/** Lines without ends. `block` is the paragraph's block in the base, if it has one. */
export function printParagraph(
  id: string,
  content: Content,
  languages: Languages,
  place: Place,
  block?: Block,
): readonly string[] {
  return content.interpreter === PROSE
    ? printProse(id, content, languages, place, block)
    : printCode(id, content, languages, block);
}

function splitOptions(options: Options, block: Block | undefined, reserved: readonly string[]) {
  const words = new Map<string, string>();
  const long: Record<string, Json> = Object.create(null);
  for (const [key, value] of Object.entries(options)) {
    const never = key === 'run' && value === 'never';
    const inline = !never && !reserved.includes(key) && !block?.commented.includes(key);
    const word = inline ? printWord(key, value) : undefined;
    if (word === undefined) long[key] = value;
    else words.set(key, word);
  }
  return { words, comment: Object.keys(long).length > 0 ? [printComment(long)] : [] };
}

function printCode(id: string, content: Content, languages: Languages, block: Block | undefined): readonly string[] {
  const { words, comment } = splitOptions(content.options, block, ['id', 'name']);
  const wanted = new Map([['id', `id=${id}`]]);
  if (content.name) wanted.set('name', printName(content.name));
  for (const [key, word] of words) wanted.set(key, word);
  const body = content.source === '' ? [] : content.source.split('\n');
  const opening = block?.opening?.mark === undefined ? undefined : block.opening;
  const mark = markFor(content.source, opening?.mark ?? '```');
  if (!opening) return [`${mark}${content.interpreter} ${[...wanted.values()].join(' ')}`, ...body, mark, ...comment];
  const kept = fenceLanguage(opening.line, languages)?.name === content.interpreter;
  const line = rewrite(opening.line, opening.words, opening.from, wanted).replace(
    /^ {0,3}(?:`+|~+)([ \t]*)(\S+)/,
    (_, gap: string, word: string) => `${mark}${gap}${kept ? word : content.interpreter}`,
  );
  return [line, ...body, mark, ...comment];
}

/** The mark as written if no line of the source closes it, else one longer than any that would. */
function markFor(source: string, written: string): string {
  const sign = written[0] === '~' ? '~' : '`';
  let longest = 0;
  for (const [, run] of source.matchAll(/^[ \t]*(`{3,}|~{3,})[ \t]*$/gm)) {
    if (run?.startsWith(sign)) longest = Math.max(longest, run.length);
  }
  return longest >= written.length ? sign.repeat(longest + 1) : written;
}

const PROBE = 'gondola-probe';
const PROBE_BLOCK = `\`\`\`${PROBE}\n\`\`\``;

function printProse(
  id: string,
  content: Content,
  languages: Languages,
  place: Place,
  block: Block | undefined,
): readonly string[] {
  const before = /^\n*/.exec(content.source)?.[0].length ?? 0;
  const core = content.source.slice(before).replace(/\n+$/, '');
  const after = content.source.length - before - core.length;
  const { words, comment } = splitOptions(content.options, block, ['id', 'name', ...MARKER_FLAGS]);
  const flags = new Map<string, string>();
  if (before > 0) flags.set('blank-before', `blank-before=${before}`);
  if (after > 0) flags.set('blank-after', `blank-after=${after}`);
  const print = (fenced: boolean): readonly string[] => {
    const wanted = new Map([['id', `id=${id}`]]);
    if (content.name) wanted.set('name', printName(content.name));
    for (const [key, word] of words) wanted.set(key, word);
    for (const [key, word] of fenced ? [['fenced', 'fenced=true'] as const] : flags) wanted.set(key, word);
    const needed =
      wanted.size > 1 || place.afterProse || core === '' || (place.first && /^(?:\uFEFF|---)/.test(content.source));
    return [
      ...markerLines(wanted, block, needed),
      ...(fenced ? fence(content.source) : core === '' ? [] : proseLines(core, languages)),
      ...comment,
    ];
  };
  const plain = print(false);
  return Math.max(before, after) <= MOST_BLANKS && survives(plain, content, languages) ? plain : print(true);
}

function markerLines(wanted: ReadonlyMap<string, string>, block: Block | undefined, needed: boolean): string[] {
  const opening = block?.opening?.mark === undefined ? block?.opening : undefined;
  if (opening) return [rewrite(opening.line, opening.words, opening.from, wanted)];
  return needed ? [`<!-- paragraph ${[...wanted.values()].join(' ')} -->`] : [];
}

function fence(source: string): string[] {
  const mark = markFor(source, '```');
  return [`${mark}${PROSE}`, ...(source === '' ? [] : source.split('\n')), mark];
}

function proseLines(core: string, languages: Languages): string[] {
  const lines = core.split('\n');
  for (const piece of topLevelPieces(core)) {
    if (piece.kind === 'fence') lines[piece.from] = addNever(lines[piece.from] ?? '', languages);
  }
  return lines;
}

/** Whether the lines, between two code paragraphs, are read as this prose and leave both alone. */
function survives(lines: readonly string[], content: Content, languages: Languages): boolean {
  if (lines.length > 0 && lines.every(isBlank)) return false;
  const text = `${PROBE_BLOCK}\n\n${lines.join('\n')}\n\n${PROBE_BLOCK}\n`;
  const parsed = parseNotebook(text, { ...languages, [PROBE]: PROBE });
  if (isFailure(parsed)) return false;
  const [, middle, last] = parsed.blocks;
  return (
    parsed.blocks.length === 3 &&
    middle !== undefined &&
    last?.interpreter === PROBE &&
    last.source === '' &&
    sameContent(middle, content)
  );
}
