/**
 * What has to run so that what was asked for is of the values that were given: pure, from the texts as written. A paragraph
 * depends on the forms that it mentions, and on what those depend on whose results it reads. Where that can't be told from the
 * text (a statement that changes the session, a shell) all that follows may read it.
 *
 * Names are looked for as words: rather too much runs than too little.
 */
import { type Paragraph, PROSE } from '../protocol/document.ts';
import { placeholdersOf, SQL } from '../protocol/forms/list.ts';
import { isRange, sameValue } from '../protocol/forms/read.ts';
import type { Form, FormValues } from '../protocol/forms.ts';
import type { ParagraphId } from '../protocol/ids.ts';
import type { Run } from '../protocol/runs.ts';
import { recordedValue } from './inputs.ts';

export type Situation = {
  readonly paragraphs: readonly Paragraph[];
  readonly forms: readonly Form[];
  readonly values: FormValues;
  /** Undefined: whatever depends on values that are not the notebook's own; all where they are. */
  readonly asked?: ReadonlySet<ParagraphId>;
  /** What the asker may ask for. What that needs runs as well. */
  readonly may: (paragraph: ParagraphId) => boolean;
  /** What ran last in this session, or waits there. */
  readonly here: ReadonlyMap<ParagraphId, Pick<Run, 'source' | 'forms' | 'phase'>>;
  /** Whose named result is there, whoever made it. */
  readonly isHeld: (paragraph: ParagraphId) => boolean;
};

/** What a paragraph leaves behind beside the result that has its name. */
type Leaves = 'nothing' | 'variables' | 'anything';

/** `files`: of the notebook's own run they are there for everybody; `session`: tables and variables are not. */
type Way = 'name' | 'files' | 'session';

type Step = {
  readonly paragraph: Paragraph;
  readonly leaves: Leaves;
  /** By name: forms that it or what it reads depends on. */
  readonly forms: ReadonlySet<string>;
  /** Earlier paragraphs that it may read. */
  readonly reads: readonly { readonly step: Step; readonly by: Way }[];
};

/** The names of forms that each paragraph depends on, in one way or another. */
export type Dependence = ReadonlyMap<ParagraphId, ReadonlySet<string>>;

/** It reads all texts: of a large notebook a third of a second. */
export function dependenceOf(paragraphs: readonly Paragraph[], forms: readonly Form[]): Dependence {
  const prose = paragraphs.filter((one) => one.interpreter === PROSE);
  return new Map([
    ...stepsOf({ paragraphs, forms }).map((step) => [step.paragraph.id, step.forms] as const),
    ...prose.map((one) => [one.id, new Set(placeholdersOf(one).map(({ name }) => name))] as const),
  ]);
}

export function reachOf(situation: Situation): ReadonlySet<ParagraphId> {
  const { asked, here, values, forms } = situation;
  const steps = stepsOf(situation);
  const own = new Set(
    forms.filter((form) => sameValue(values.get(form.name) ?? form.default, form.default)).map(({ name }) => name),
  );
  const isOwn = (step: Step): boolean => [...step.forms].every((name) => own.has(name));
  const isCurrent = (step: Step): boolean | undefined => {
    const run = here.get(step.paragraph.id);
    return run && isOf(run, step, situation);
  };
  const isTarget = (step: Step): boolean => {
    const { id } = step.paragraph;
    if (!situation.may(id)) return false;
    if (asked) return asked.has(id);
    if (own.size === forms.length) return true;
    return !isOwn(step) || isCurrent(step) === false;
  };
  const wanted = new Set<ParagraphId>();
  const want = (step: Step): void => {
    if (wanted.has(step.paragraph.id)) return;
    wanted.add(step.paragraph.id);
    for (const { step: before, by } of step.reads) {
      const isLeft = by === 'files' || (by === 'name' && situation.isHeld(before.paragraph.id));
      const isThere = isCurrent(before) ?? (isOwn(before) && isLeft);
      if (!isThere) want(before);
    }
  };
  for (const step of steps) if (isTarget(step)) want(step);
  return wanted;
}

/** Whether what ran here is what would run now. */
function isOf(
  { source, forms, phase }: Pick<Run, 'source' | 'forms' | 'phase'>,
  step: Step,
  { forms: declared, values }: Situation,
): boolean {
  if (source !== step.paragraph.source || !/^(queued|running|done)$/.test(phase.state)) return false;
  return [...step.forms].every((name) => {
    const form = declared.find((one) => one.name === name);
    // A password is in no record: nobody knows what it was.
    if (!form || form.type === 'password' || !Object.hasOwn(forms, name)) return false;
    const now = recordedValue(values.get(name) ?? form.default);
    return JSON.stringify(forms[name]) === JSON.stringify(now);
  });
}

function stepsOf({ paragraphs, forms }: Pick<Situation, 'paragraphs' | 'forms'>): readonly Step[] {
  const steps: Step[] = [];
  const named: { readonly step: Step; readonly name: string }[] = [];
  /** The last of each language that left something: it stands on those before it. */
  const left = new Map<string, Step>();
  for (const paragraph of paragraphs) {
    if (paragraph.interpreter === PROSE || paragraph.options.run === 'never') continue;
    const has = wordsOf(paragraph.source);
    const reads = new Map<Step, Way>();
    for (const { step, name } of named) if (has(name)) reads.set(step, 'name');
    for (const step of left.values()) {
      const way = leavesFor(step, paragraph);
      if (way) reads.set(step, way);
    }
    const used = forms.filter((form) => uses(paragraph, form)).map(({ name }) => name);
    const step: Step = {
      paragraph,
      leaves: leavesOf(paragraph),
      forms: new Set([...used, ...[...reads.keys()].flatMap((before) => [...before.forms])]),
      reads: [...reads].map(([before, by]) => ({ step: before, by })),
    };
    steps.push(step);
    if (paragraph.name !== undefined) named.push({ step, name: paragraph.name });
    if (step.leaves !== 'nothing') left.set(paragraph.interpreter, step);
  }
  return steps;
}

/** Whether a text has a name in it, in any case, as a word of its own where the name is one. */
function wordsOf(source: string): (name: string) => boolean {
  const folded = source.toLowerCase();
  const words = new Set(folded.match(/[\p{L}\p{N}\p{M}_]+/gu));
  return (name) => {
    const wanted = name.toLowerCase();
    return /^[\p{L}\p{N}\p{M}_]+$/u.test(wanted) ? words.has(wanted) : folded.includes(wanted);
  };
}

/** Whether it may find there what the step left beside its result. */
function leavesFor({ leaves, paragraph, forms }: Step, later: Paragraph): Way | undefined {
  if (paragraph.interpreter === later.interpreter) return 'session';
  if (leaves !== 'anything') return undefined;
  if (paragraph.interpreter === 'shell') return forms.size > 0 ? 'files' : undefined;
  return 'session';
}

const QUERIES = /^(select|with|from|values|table|pivot|unpivot|describe|desc|summarize|show|explain)$/i;

function leavesOf({ interpreter, source }: Paragraph): Leaves {
  switch (interpreter) {
    case SQL: {
      const plain = source.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ');
      const first = plain.split(';').map((statement) => /^[\s(]*([A-Za-z]+)/.exec(statement)?.[1]);
      const queries = first.every((word) => word === undefined || QUERIES.test(word));
      return queries && !/\b(insert|update|delete|merge)\b/i.test(plain) ? 'nothing' : 'anything';
    }
    case 'vega-lite':
      return 'nothing';
    case 'typescript':
      return /\bsave\b/.test(source) ? 'anything' : 'variables';
    default:
      return 'anything';
  }
}

/** A form's name has no signs that mean something in a pattern. */
const word = (name: string, flags: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}_])${name}(?![\\p{L}\\p{N}_])`, flags);

/** Whether a text names a form, by itself. */
export const readsForm = (paragraph: Paragraph, form: Form): boolean =>
  paragraph.interpreter === PROSE
    ? placeholdersOf(paragraph).some(({ name }) => name === form.name)
    : uses(paragraph, form);

function uses({ interpreter, source }: Paragraph, { name, default: value }: Form): boolean {
  const names = isRange(value) ? [name, `${name}_from`, `${name}_to`] : [name];
  switch (interpreter) {
    case SQL:
      return source.includes('$') && names.some((one) => word(one, 'iu').test(source));
    case 'typescript':
      // A module may read any of them.
      if (/\bimport\b/.test(source)) return true;
      return [...source.matchAll(/\bforms\b(?:\s*\??\.\s*([A-Za-z_]\w*))?/g)].some(
        ([, field]) => field === undefined || field === name,
      );
    case 'vega-lite':
      return false;
    default:
      return names.some((one) => word(one, 'u').test(source));
  }
}
