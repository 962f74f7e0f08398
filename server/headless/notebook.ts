/**
 * A notebook read from its file alone, without a document: what there is to run, in order, and where in the file each step
 * stands, so that a failure can name a line that an editor finds.
 */
import { readFileSync } from 'node:fs';
import { UsageError } from '../config.ts';
import { languages } from '../programs.ts';
import { type Dated, readAnnotations } from '../protocol/annotations.ts';
import { type Outline, type Paragraph, PROSE } from '../protocol/document.ts';
import { formsOf } from '../protocol/forms/list.ts';
import type { Form } from '../protocol/forms.ts';
import { type FillRandom, newId, type ParagraphId } from '../protocol/ids.ts';
import { type Layout, readLayout } from '../protocol/report/layout.ts';
import { effectiveTitle } from '../protocol/title.ts';
import { isReadFailure, readNotebook } from '../storage/format/apply.ts';
import { conflictLine, decodeText } from '../workspace/text.ts';
import type { Job } from './job.ts';

/** A paragraph of code. */
export type Step = {
  readonly paragraph: ParagraphId;
  /** Counted from 1. */
  readonly number: number;
  readonly interpreter: string;
  readonly name?: string;
  /** Its name, else the first line of its text. */
  readonly label: string;
  /** Of the fence, 1-based; the first line of the text is the next one. */
  readonly line: number;
};

export type Notebook = {
  readonly title: string;
  readonly text: string;
  readonly paragraphs: readonly Paragraph[];
  readonly forms: readonly Form[];
  /** As a report. */
  readonly layout: Layout;
  /** That stand on axes of time. */
  readonly dates: readonly Dated[];
  readonly outline: Outline;
  readonly steps: readonly Step[];
};

/** Characters of a label: the live line has to fit a terminal. */
const LABEL = 48;

/** Rejects what is no notebook with a UsageError that names the line. */
export function readFromFile(
  { file, path, given }: Pick<Job, 'file' | 'path' | 'given'>,
  random: FillRandom,
): Notebook {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UsageError(`${given} can’t be read: ${error instanceof Error ? error.message : error}.`);
  }
  const decoded = decodeText(bytes);
  if (!('text' in decoded)) throw new UsageError(`${given}:${decoded.line}: ${decoded.message}.`);
  const conflict = conflictLine(decoded.text);
  if (conflict !== undefined)
    throw new UsageError(`${given}:${conflict}: a merge left a conflict here; resolve it in an editor.`);
  const base = readNotebook(decoded.text, languages, () => newId<ParagraphId>(random));
  if (isReadFailure(base)) throw new UsageError(`${given}:${base.line}: ${base.message}.`);
  const { blocks } = base.parsed;
  const paragraphs = blocks.map(
    ({ interpreter, source, name, options }, index): Paragraph => ({
      id: base.ids[index]!,
      interpreter,
      source,
      options,
      ...(name === undefined ? {} : { name }),
    }),
  );
  return {
    title: effectiveTitle(base.parsed.title, blocks, path),
    text: decoded.text,
    paragraphs,
    forms: formsOf(base.parsed.forms ?? [], paragraphs).forms,
    layout: readLayout(base.parsed.report ?? []),
    dates: readAnnotations(base.parsed.annotations ?? []),
    outline: paragraphs.map(({ id, interpreter, name }) => ({
      id,
      code: interpreter !== PROSE,
      ...(name === undefined ? {} : { name }),
    })),
    steps: paragraphs
      .map((paragraph, index) => ({ paragraph, line: blocks[index]!.line }))
      .filter(({ paragraph: { interpreter, options } }) => interpreter !== PROSE && options.run !== 'never')
      .map(({ paragraph, line }, index) => stepOf(paragraph, line, index + 1)),
  };
}

function stepOf({ id, interpreter, name, source }: Paragraph, line: number, number: number): Step {
  return { paragraph: id, number, interpreter, line, label: name ?? firstLine(source), ...(name ? { name } : {}) };
}

/** The first line that says anything: of a chart's text not its bracket. */
function firstLine(source: string): string {
  const lines = source.split('\n').map((one) => one.trim());
  const line = lines.find((one) => /[\p{L}\p{N}]/u.test(one)) ?? lines.find((one) => one !== '') ?? 'empty';
  const characters = [...line.replace(/[\p{Cc}\s]+/gu, ' ')];
  return characters.length <= LABEL ? characters.join('') : `${characters.slice(0, LABEL - 1).join('')}…`;
}
