/**
 * `--json`: what happens, one JSON object a line on stdout, as `docs/headless.md` has it. Rows of tables are not told, only
 * their columns and number: `--results` writes them.
 */

import { showOutput, showPhase } from '../http/schemas.ts';
import type { Output } from '../protocol/outputs.ts';
import type { Told } from './follow.ts';
import type { Notebook, Step } from './notebook.ts';

type Fields = Readonly<Record<string, unknown>>;

export const beginEvent = (notebook: Notebook, path: string, workspace: string, at: number): Fields => ({
  type: 'begin',
  notebook: path,
  workspace,
  title: notebook.title,
  at,
  paragraphs: notebook.steps.map(stepFields),
});

/** Undefined for what is not told: progress is for eyes. */
export function eventOf(told: Told): Fields | undefined {
  const { paragraph } = told.step;
  switch (told.type) {
    case 'started':
      return { type: 'started', paragraph, at: told.at };
    case 'waiting':
    case 'progress':
      return undefined;
    case 'text': {
      const { stream, text, omitted } = told;
      return { type: 'text', paragraph, stream, text, ...(omitted === undefined ? {} : { omitted }) };
    }
    case 'output':
      return { type: 'output', paragraph, output: showOutput(told.output) };
    case 'ended':
      return { type: 'ended', paragraph, ...showPhase(told.run.phase), outputs: told.run.outputs.map(kindOf) };
  }
}

/** `state` is the whole notebook's: done, failed or cancelled. */
export const endEvent = (
  state: string,
  started: number,
  ended: number,
  counts: Readonly<Record<string, number>>,
  files: readonly { readonly name?: string; readonly file: string }[],
): Fields => ({ type: 'end', state, started, ended, counts, files });

const kindOf = ({ kind }: Output): string => kind;

function stepFields({ paragraph, number, interpreter, name, line }: Step): Fields {
  return { id: paragraph, number, interpreter, line, ...(name === undefined ? {} : { name }) };
}
