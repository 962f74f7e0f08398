/**
 * Calling a named result otherwise in all that names it: the programs of the languages say where (`interpreters/renaming.ts`),
 * here is decided whose name it is, whether the new one is free, and what is left to a person. A program is never trusted
 * with text: what it wants written is the new name and nothing else.
 */
import {
  boundRenamed,
  foldTable,
  mentions,
  NOT_NAMED,
  type Renamed,
  type Renaming,
  type RenamingEdit,
} from '../../../interpreters/renaming.ts';
import type { Uses, UsesAsk } from '../../../interpreters/uses.ts';
import { AppError } from '../../errors.ts';
import { type Paragraph, PROSE } from '../../protocol/document.ts';
import { type Form, isQuery } from '../../protocol/forms.ts';
import type { NotebookId, ParagraphId } from '../../protocol/ids.ts';
import { type LeftWhy, RESULT_NAME, type RenamePlan } from '../../protocol/rename.ts';
import type { Sessions } from '../../sessions/contract.ts';
import { fill } from '../inputs.ts';
import { askUses, type Written } from './graphs.ts';
import { renamedInShell } from './shell.ts';

/** `paragraph`: whose result has, or is to have, the new name; else whoever has the old one. */
export type RenameAsk = Renaming & { readonly paragraph?: ParagraphId };
/** What there is beside named results: tables and views that statements made. */
export type MadeTable = { readonly name: string; readonly source: string };

export type Renames = {
  /** Rejects with AppError: name-unfit, name-in-use. */
  plan(notebook: NotebookId, written: Written, ask: RenameAsk, made: readonly MadeTable[]): Promise<RenamePlan>;
};

type Read = { readonly paragraph: Paragraph; readonly uses: Uses | undefined; readonly renamed: Renamed | undefined };

export function createRenames(sessions: Pick<Sessions, 'uses'>): Renames {
  return {
    async plan(notebook, { paragraphs, forms }, ask, made) {
      const { to } = ask;
      if (!RESULT_NAME.test(to)) throw new AppError('name-unfit', to);
      const { inputs } = fill(forms);
      const code = paragraphs.filter(({ interpreter }) => interpreter !== PROSE);
      const owner = ownerOf(code, ask);
      // Variables do not fold case: they are called as the paragraph writes it.
      const from = ask.paragraph === undefined ? (owner?.name ?? ask.from) : ask.from;
      const rename = { from, to };
      const queries = forms.flatMap((form) => queryOf(form));
      const askOf = (interpreter: string, source: string): UsesAsk => ({ interpreter, source, rename });
      const read = async (
        host: string,
        asks: readonly UsesAsk[],
        values = inputs,
      ): Promise<readonly (Uses | undefined)[]> =>
        asks.length === 0 ? [] : askUses(sessions, notebook, host, asks, values, true);

      const isWorth = ({ source }: { readonly source: string }): boolean =>
        mentions(source, from) || mentions(source, to);
      const hosts = new Map<string, Paragraph[]>();
      for (const paragraph of code) {
        const host = paragraph.interpreter === 'vega-lite' ? 'sql' : paragraph.interpreter;
        if (host !== 'shell' && isWorth(paragraph)) hosts.set(host, [...(hosts.get(host) ?? []), paragraph]);
      }
      const known = new Map<ParagraphId, Uses | undefined>();
      await Promise.all(
        [...hosts].map(async ([host, some]) => {
          const found = await read(
            host,
            some.map(({ interpreter, source }) => askOf(interpreter, source)),
          );
          for (const [index, { id }] of some.entries()) known.set(id, found[index]);
        }),
      );
      const texts = code.map((paragraph): Read => {
        const uses = known.get(paragraph.id);
        if (!isWorth(paragraph)) return { paragraph, uses, renamed: NOT_NAMED };
        if (paragraph.interpreter === 'shell')
          return { paragraph, uses, renamed: renamedInShell(paragraph.source, rename) };
        return { paragraph, uses, renamed: uses?.renamed };
      });
      if (foldTable(from) !== foldTable(to)) refuseTaken(texts, owner, to, made);

      const inner = texts.flatMap(({ paragraph, renamed }) =>
        (renamed?.inner ?? []).map((text) => ({ paragraph: paragraph.id, text })),
      );
      const asked = [...inner.map(({ text }) => text.text), ...queries.map(({ source }) => source)];
      const sql = await read(
        'sql',
        asked.map((source) => askOf('sql', source)),
        {},
      );
      const within = new Map<ParagraphId, (Renamed | undefined)[]>();
      for (const [index, { paragraph, text }] of inner.entries())
        within.set(paragraph, [...(within.get(paragraph) ?? []), moved(sql[index]?.renamed, text)]);

      const left: RenamePlan['left'][number][] = [];
      const changed = texts.flatMap((one, at) => {
        const { id, source } = one.paragraph;
        const { edits, why } = settled(whole(one, within.get(id) ?? []), texts, at, rename, source);
        if (why) left.push({ paragraph: id, why });
        return edits.length > 0 ? [{ paragraph: id, source, edits: edits.map(plain) }] : [];
      });
      const changedForms = queries.flatMap(({ form, source }, index) => {
        const renamed = mentions(source, from) ? sql[inner.length + index]?.renamed : NOT_NAMED;
        const { edits, why } = settled(renamed, [], 0, rename, source);
        if (why) left.push({ form, why });
        return edits.length > 0 ? [{ form, source, edits: edits.map(plain) }] : [];
      });
      return { ...(owner ? { owner: owner.id } : {}), texts: changed, forms: changedForms, left };
    },
  };
}

const plain = ({ start, end, text }: RenamingEdit) => ({ start, end, text });

/** Of two paragraphs with one name the first in order owns it. */
const ownerOf = (code: readonly Paragraph[], { from, paragraph }: RenameAsk): Paragraph | undefined =>
  code.find(({ id, name }) =>
    paragraph === undefined ? name !== undefined && foldTable(name) === foldTable(from) : id === paragraph,
  );

const queryOf = (form: Form): readonly { readonly form: string; readonly source: string }[] =>
  'options' in form && isQuery(form.options) ? [{ form: form.name, source: form.options.query }] : [];

/** Throws AppError. */
function refuseTaken(
  texts: readonly Read[],
  owner: Paragraph | undefined,
  to: string,
  made: readonly MadeTable[],
): void {
  const isIt = (name: string): boolean => foldTable(name) === foldTable(to);
  for (const [index, { paragraph, uses }] of texts.entries()) {
    const place = `paragraph ${index + 1}`;
    if (paragraph.id !== owner?.id && paragraph.name !== undefined && isIt(paragraph.name))
      throw new AppError('name-in-use', `the result of ${place} is called ${paragraph.name}`);
    if (uses?.writes.some(({ kind, name }) => kind === 'table' && isIt(name)))
      throw new AppError('name-in-use', `${place} makes a table of that name`);
  }
  const there = made.find(({ name, source }) => (source === 'session' || source === 'view') && isIt(name));
  if (there) throw new AppError('name-in-use', `the session has a table ${there.name}`);
}

/** With what was found in its texts of SQL. Undefined where one of them could not be read. */
function whole({ renamed }: Read, within: readonly (Renamed | undefined)[]): Renamed | undefined {
  if (!renamed || within.includes(undefined)) return undefined;
  const all = [renamed, ...within.flatMap((one) => one ?? [])];
  const clash = all.find((one) => one.clash)?.clash;
  return boundRenamed({
    edits: all.flatMap(({ edits }) => edits),
    doubts: all.flatMap(({ doubts }) => doubts),
    ...(clash ? { clash } : {}),
  });
}

/** In places of the text around it, and in its quotes. */
function moved(
  renamed: Renamed | undefined,
  { start: by, quote }: { readonly start: number; readonly quote: string },
): Renamed | undefined {
  if (!renamed) return undefined;
  const at = <S extends { readonly start: number; readonly end: number }>(span: S): S => ({
    ...span,
    start: span.start + by,
    end: span.end + by,
  });
  return {
    edits: renamed.edits.map((edit) => ({ ...at(edit), text: edit.text.replaceAll(quote, `\\${quote}`) })),
    doubts: renamed.doubts.map(at),
    ...(renamed.clash ? { clash: at(renamed.clash) } : {}),
  };
}

/** What is done in one text, and why not all. A name that a variable of an earlier paragraph has is that one's. */
function settled(
  renamed: Renamed | undefined,
  texts: readonly Read[],
  at: number,
  { from, to }: Renaming,
  source: string,
): { readonly edits: readonly RenamingEdit[]; readonly why?: LeftWhy } {
  if (!renamed) return { edits: [], why: 'unread' };
  const hasVariable = (name: string): boolean =>
    texts.slice(0, at).some(({ uses }) => uses?.writes.some((use) => use.kind === 'variable' && use.name === name));
  const isHidden = hasVariable(from);
  const edits = renamed.edits.filter((edit) => !(edit.variable && isHidden));
  if (renamed.clash && edits.length > 0) return { edits: [], why: 'clash' };
  if (from !== to && edits.some(({ variable }) => variable) && hasVariable(to)) return { edits: [], why: 'clash' };
  const honest = edits.filter((edit) => isHonest(source, edit, { from, to }));
  const doubts =
    renamed.doubts.filter(() => !isHidden || renamed.edits.length === 0).length + edits.length - honest.length;
  return { edits: honest, ...(doubts > 0 ? { why: 'doubt' as const } : {}) };
}

/** The old name goes, in whatever quotes, and the new one comes. */
function isHonest(source: string, { start, end, text }: RenamingEdit, { from, to }: Renaming): boolean {
  const old = bare(source.slice(start, end));
  const put = text.startsWith(`${from}: `) ? text.slice(from.length + 2) : text;
  const asked = /^table\((.*)\)$/s.exec(put)?.[1] ?? put;
  return foldTable(old) === foldTable(from) && bare(asked) === to;
}

const bare = (text: string): string => /^\\?(["'])(.*?)\\?\1$/s.exec(text)?.[2] ?? text;
