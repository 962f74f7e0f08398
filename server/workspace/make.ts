/** The text of a new notebook: what was given, with the title where the text alone would not say it. */
import { AppError } from '../errors.ts';
import { effectiveTitle } from '../protocol/title.ts';
import type { Languages } from '../storage/format/base.ts';
import { setFrontTitle } from '../storage/format/front.ts';
import { isFailure, parseNotebook } from '../storage/format/parse.ts';

const LONGEST_TITLE = 500;

export function newText(title: string | undefined, given: string | undefined, languages: Languages): string {
  const wanted = title?.normalize('NFC').toWellFormed().trim();
  if (wanted !== undefined && (wanted === '' || wanted.length > LONGEST_TITLE)) {
    throw new AppError('bad-request', `a title has 1 to ${LONGEST_TITLE} characters`);
  }
  const text = (given ?? '').toWellFormed();
  const parsed = parseNotebook(text, languages);
  if (isFailure(parsed)) throw new AppError('unparsable-notebook', `line ${parsed.line}: ${parsed.message}`);
  if (wanted === undefined || effectiveTitle(parsed.title, parsed.blocks, '') === wanted) return text;
  const front = `---${parsed.eol}${setFrontTitle(parsed.front, wanted).replaceAll('\n', parsed.eol)}${parsed.eol}---${parsed.eol}`;
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(parsed.head);
  return mark + front + (parsed.front === undefined && body !== '' ? parsed.eol : '') + body;
}
