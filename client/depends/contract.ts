/** What the page knows of who needs whom: loaded once there is a run to be stale, or when it is asked for. */
import type { Accessor, JSX } from 'solid-js';
import type { Reason } from '../../server/protocol/graph/stale.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { Run } from '../../server/protocol/runs.ts';
import type { dependWords } from '../words/depends.ts';
import type { ServedGraph } from './calls.ts';

export type DependsView = {
  /** Undefined before it was read once. */
  readonly graph: Accessor<ServedGraph | undefined>;
  readonly failed: Accessor<string | undefined>;
  /** In notebook order. */
  readonly stale: Accessor<ReadonlyMap<ParagraphId, readonly Reason[]>>;
  /** Why what is shown of it is not so any more, in words; empty where it is. */
  why(id: ParagraphId): string;
  /** What the gutter shows of that. */
  mark(id: ParagraphId, why: Accessor<string>): JSX.Element;
  /** In its head: the kept result that a run now would give again. */
  kept(id: ParagraphId): JSX.Element;
  /** Uses that; false where there is none. */
  use(id: ParagraphId): boolean;
  /** What a run took, in words; empty where its record does not say. */
  took(run: Run): string;
  refresh(): void;
};

export type PartState = keyof typeof dependWords.graph.states;

/** How the page speaks of a paragraph, and how it is. */
export type Named = {
  readonly label: (id: ParagraphId) => string;
  readonly state: (id: ParagraphId) => PartState;
  readonly why: (id: ParagraphId) => string;
  readonly go: (id: ParagraphId) => void;
};
