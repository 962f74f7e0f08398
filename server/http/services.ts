/**
 * What the HTTP API needs of the rest of the server, by the members it uses. `app.ts` hands in the real ones.
 */
import type { Gauges, Meters } from '../metrics/meters.ts';
import type { Annotation } from '../protocol/annotations.ts';
import type { Paragraph } from '../protocol/document.ts';
import type { Forms } from '../protocol/forms.ts';
import type { NotebookId } from '../protocol/ids.ts';
import type { Layout } from '../protocol/report/layout.ts';
import type { ReportPages } from '../report/page.ts';
import type { Results } from '../results/contract.ts';
import type { Graphs } from '../runs/graph/graphs.ts';
import type { Renames } from '../runs/graph/rename.ts';
import type { Dependence } from '../runs/reach.ts';
import type { Runs } from '../runs/runs.ts';
import type { Sessions } from '../sessions/contract.ts';
import type { Versions } from '../versions/contract.ts';
import type { Choices } from '../visitors/choices.ts';
import type { Visitors } from '../visitors/visitors.ts';
import type { Workspace } from '../workspace/contract.ts';

/** A notebook's live document, held open until `release`. */
export interface LiveNotebook {
  readonly title: string;
  /** As written this moment, in order. */
  paragraphs(): readonly Paragraph[];
  forms(): Forms;
  /** As a report. */
  layout(): Layout;
  /** Dates that stand on its charts. */
  annotations(): readonly Annotation[];
  /** Which of these forms each paragraph depends on; found out once for all who ask before the document changes. */
  dependence(): Dependence;
  /** The file's text as it would be written now. */
  text(): string;
  /**
   * Applies diff(base, text) to the document as one edit of `by`; resolves when that is durable. Rejects with AppError:
   * unparsable-notebook, storage-read-only.
   */
  edit(base: string, text: string, by: string): Promise<void>;
  release(): void;
}

export interface LiveNotebooks {
  /** Rejects with AppError: not-found, unparsable-notebook, notebook-damaged. */
  open(id: NotebookId): Promise<LiveNotebook>;
}

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly why: string };

export type Services = {
  readonly workspace: Pick<Workspace, 'list' | 'get' | 'create' | 'move' | 'remove' | 'trash' | 'restore' | 'data'>;
  readonly live: LiveNotebooks;
  readonly runs: Pick<Runs, 'of' | 'peek' | 'active' | 'last'>;
  readonly visitors: Pick<
    Visitors,
    'open' | 'find' | 'idle' | 'endUnused' | 'stay' | 'byKey' | 'end' | 'history' | 'past' | 'pastOf'
  >;
  readonly choices: Choices;
  readonly reports: ReportPages;
  readonly graphs: Graphs;
  readonly renames: Renames;
  readonly sessions: Pick<Sessions, 'tables' | 'status'>;
  readonly results: Pick<
    Results,
    'info' | 'window' | 'prepare' | 'prepared' | 'chart' | 'pivot' | 'pivotStatement' | 'progress' | 'profile' | 'sums'
  >;
  /** Removes for ever what is in the trash. */
  readonly purge: (notebook: NotebookId) => Promise<void>;
  readonly versions: Omit<Versions, 'forget' | 'close' | 'results'>;
  /** Texts that PUT may name as its base. */
  readonly bases: Bases;
  /** Name of the workspace on its pages. */
  readonly title: string;
  /** Where others find the server, and the folder it serves, for whoever is its owner. */
  readonly reach: { readonly others: readonly string[]; readonly local: boolean; readonly folder: string };
  readonly readiness: () => Readiness;
  /** How code is isolated and bounded, in lines for whoever operates it. */
  readonly details?: () => readonly string[];
  /** Numbers of the moment for `/metrics`, by name; each becomes a gauge `gondola_NAME`. */
  readonly gauges: () => Gauges | Promise<Gauges>;
  readonly meters?: Meters;
};

/** The texts that GET gave out, so that a PUT can say what it changed. */
export interface Bases {
  keep(notebook: NotebookId, tag: string, text: string): Promise<void>;
  find(notebook: NotebookId, tag: string): Promise<string | undefined>;
}
