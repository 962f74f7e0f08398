/**
 * The graph of a notebook as it is written now: each text is read once by its program and remembered by what it says, so
 * that a keystroke costs one paragraph. What a program says counts for its own notebook alone, as that one's code runs in it.
 * Where no program answers (none runs, and the asker may start none; it is at work) a paragraph is told by its words, and
 * asked about again the next time.
 */
import { createHash } from 'node:crypto';
import type { FormInputs } from '../../../interpreters/forms.ts';
import { MOST_READ, type Uses, type UsesAsk } from '../../../interpreters/uses.ts';
import { type Paragraph, PROSE } from '../../protocol/document.ts';
import type { Form } from '../../protocol/forms.ts';
import type { Graph } from '../../protocol/graph/graph.ts';
import type { NotebookId } from '../../protocol/ids.ts';
import type { Sessions } from '../../sessions/contract.ts';
import { fill } from '../inputs.ts';
import { graphOf } from './resolve.ts';
import { usesOfShell } from './shell.ts';

/** Texts remembered, of all notebooks. */
const REMEMBERED = 5_000;
/** Characters of all that is remembered of them: a text that names much counts for as many as name little. */
const MOST_KEPT = 20_000_000;
/** UTF-16 units in one message: below what a line may hold, however its letters are written. */
const AT_ONCE = 500_000;
/** Texts in one message. */
const MOST_AT_ONCE = 500;

export type Written = { readonly paragraphs: readonly Paragraph[]; readonly forms: readonly Form[] };

export type Graphs = {
  /** `start`: the asker may start the programs of the notebook's session. */
  of(notebook: NotebookId, written: Written, start: boolean): Promise<Graph>;
};

export function createGraphs(sessions: Pick<Sessions, 'uses'>, most = MOST_KEPT): Graphs {
  const remembered = new Map<string, { readonly uses: Uses; readonly size: number }>();
  let kept = 0;

  function recall(key: string): Uses | undefined {
    const known = remembered.get(key);
    if (!known) return undefined;
    remembered.delete(key);
    remembered.set(key, known);
    return known.uses;
  }

  function remember(key: string, uses: Uses): void {
    const size = JSON.stringify(uses).length;
    kept += size - (remembered.get(key)?.size ?? 0);
    remembered.set(key, { uses, size });
    for (const [oldest, one] of remembered) {
      if (remembered.size <= REMEMBERED && kept <= most) return;
      remembered.delete(oldest);
      kept -= one.size;
    }
  }

  return {
    async of(notebook, { paragraphs, forms }, start) {
      const { inputs } = fill(forms);
      const told = JSON.stringify(inputs);
      const known = new Map<Paragraph, Uses>();
      const open = new Map<string, { readonly paragraph: Paragraph; readonly key: string }[]>();
      for (const paragraph of paragraphs) {
        const { interpreter, source, options } = paragraph;
        if (interpreter === PROSE || options.run === 'never') continue;
        if (interpreter === 'shell') known.set(paragraph, usesOfShell(source));
        else if (source.length > MOST_READ) known.set(paragraph, TOO_LONG);
        else {
          // What stands in place of a form may be a table.
          const key = digestOf([notebook, interpreter, source, source.includes('$') ? told : '']);
          const uses = recall(key);
          const host = interpreter === 'vega-lite' ? 'sql' : interpreter;
          if (uses) known.set(paragraph, uses);
          else open.set(host, [...(open.get(host) ?? []), { paragraph, key }]);
        }
      }
      await Promise.all(
        [...open].map(async ([host, some]) => {
          const asks = some.map(({ paragraph: { interpreter, source } }) => ({ interpreter, source }));
          const found = await askUses(sessions, notebook, host, asks, inputs, start);
          for (const [index, { paragraph, key }] of some.entries()) {
            const uses = found[index];
            if (!uses) continue;
            known.set(paragraph, uses);
            remember(key, uses);
          }
        }),
      );
      return graphOf(
        paragraphs.map((paragraph) => ({ paragraph, uses: known.get(paragraph) })),
        forms,
      );
    },
  };
}

/** What the program of a language says of texts, in their order; undefined where it does not answer. */
export async function askUses(
  sessions: Pick<Sessions, 'uses'>,
  notebook: NotebookId,
  interpreter: string,
  asks: readonly UsesAsk[],
  forms: FormInputs,
  start: boolean,
): Promise<readonly (Uses | undefined)[]> {
  const found: (Uses | undefined)[] = [];
  for (const some of portions(asks)) {
    const uses = await sessions.uses(notebook, interpreter, { asks: some, forms }, start);
    found.push(...some.map((_, index) => uses?.[index]));
  }
  return found;
}

/** Of a text as long as a book a few letters are kept. */
const digestOf = (parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

const TOO_LONG: Uses = { reads: [], writes: [], varies: 'a text too long to be read' };

function* portions(asks: readonly UsesAsk[]): Iterable<readonly UsesAsk[]> {
  let some: UsesAsk[] = [];
  let size = 0;
  for (const one of asks) {
    if (some.length > 0 && (size + one.source.length > AT_ONCE || some.length >= MOST_AT_ONCE)) {
      yield some;
      some = [];
      size = 0;
    }
    some.push(one);
    size += one.source.length;
  }
  if (some.length > 0) yield some;
}
