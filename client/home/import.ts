/** A Markdown file as a notebook: under its own title and, where that is free, its own name. */
import type { NotebookId } from '../../server/protocol/ids.ts';
import { NOTEBOOK_SUFFIX } from '../../server/protocol/suffix.ts';
import { type Answer, createNotebook } from '../api.ts';
import { headingsOf } from '../notebook/outline.ts';
import { moveNotebook } from './calls.ts';

export async function importFile(file: File, folder: string): Promise<Answer<NotebookId>> {
  const text = await file.text();
  const made = await createNotebook({ title: titleIn(text, file.name), text, folder });
  // A taken name is no failure: the notebook keeps the one that its title gave it.
  if (made.ok) await moveNotebook(made.value, pathFor(file.name, folder));
  return made;
}

const baseOf = (name: string): string => name.replace(/(\.nb)?\.(md|markdown)$/i, '');

export function pathFor(name: string, folder: string): string {
  return `${folder === '' ? '' : `${folder}/`}${baseOf(name)}${NOTEBOOK_SUFFIX}`;
}

/** What the text itself says, so that nothing is added to it: front matter, else the first heading, else the file's name. */
export function titleIn(text: string, name: string): string {
  const front = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---\r?$/m.exec(
    text.startsWith('---') || text.startsWith('\uFEFF---') ? text : '',
  );
  const set = /^title:[ \t]*(.+?)[ \t]*\r?$/m.exec(front?.[1] ?? '')?.[1]?.replace(/^(["'])(.*)\1$/, '$2');
  return set || headingsOf(text.replaceAll('\r\n', '\n'))[0]?.text || baseOf(name);
}
