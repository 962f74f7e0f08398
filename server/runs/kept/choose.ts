/**
 * Which kept results stand for runs that would give them again: pure. Each paragraph by itself, as things are now; or in the
 * order of a plan, where one may stand on another's kept result that is used before it. What has to run leaves no known table
 * behind, and what may change more than its own table (no plain query) leaves nothing known to all behind it.
 */
import type { Inputs } from '../../../interpreters/uses.ts';
import type { ParagraphId, RunId } from '../../protocol/ids.ts';
import type { Who } from '../../protocol/runs.ts';
import { type Asked, type Fingerprint, fingerprintOf } from './fingerprint.ts';

/** A kept run whose results are all there. */
export type Candidate = {
  readonly run: RunId;
  readonly fingerprint: Fingerprint;
  /** When it was made, and by whom: of one that used another's result, that one's. */
  readonly at: number;
  readonly by: Who;
  /** Of the table that its paragraph's name would stand for. */
  readonly identity: string | undefined;
};

export type Step = {
  readonly paragraph: ParagraphId;
  readonly asked: Asked | undefined;
  readonly inputs: Inputs | undefined;
  /** The folded name that it owns. */
  readonly owns: string | undefined;
  /** Newest first. */
  readonly candidates: readonly Candidate[];
};

export type Choice = { readonly paragraph: ParagraphId; readonly candidate: Candidate };

export function chooseEach(steps: readonly Step[], identities: ReadonlyMap<string, string>): readonly Choice[] {
  return steps.flatMap((step) => choose(step, identities) ?? []);
}

/** `use`: those whose kept result is wanted; all that have one where it is absent. */
export function chooseInOrder(
  steps: readonly Step[],
  identities: ReadonlyMap<string, string>,
  use?: ReadonlySet<ParagraphId>,
): readonly Choice[] {
  const now = new Map(identities);
  const choices: Choice[] = [];
  for (const step of steps) {
    const wanted = use?.has(step.paragraph) ?? true;
    const choice = wanted ? choose(step, now) : undefined;
    if (choice) choices.push(choice);
    else if (!step.inputs) return choices;
    if (step.owns === undefined) continue;
    const identity = choice?.candidate.identity;
    if (identity === undefined) now.delete(step.owns);
    else now.set(step.owns, identity);
  }
  return choices;
}

function choose(step: Step, identities: ReadonlyMap<string, string>): Choice | undefined {
  const { paragraph, asked, inputs, candidates } = step;
  const fingerprint = asked && inputs && fingerprintOf(asked, inputs, identities);
  const candidate = fingerprint && candidates.find((one) => one.fingerprint === fingerprint);
  return candidate ? { paragraph, candidate } : undefined;
}
