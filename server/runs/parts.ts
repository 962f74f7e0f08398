/** What the runs of a notebook need of the rest of the server, and what they tell it. */
import type { Outline, Paragraph } from '../protocol/document.ts';
import type { Form } from '../protocol/forms.ts';
import type { NotebookId, ParagraphId, RequestId, ResultId, RunId } from '../protocol/ids.ts';
import type { SessionKey } from '../protocol/keys.ts';
import type { Run, RunEvent, RunState } from '../protocol/runs.ts';
import type { Results } from '../results/contract.ts';
import type { Sessions } from '../sessions/contract.ts';
import type { Held } from './names.ts';

export type Parts = {
  readonly sessions: Pick<Sessions, 'idOf' | 'execute' | 'inputs' | 'restart'>;
  readonly results: Pick<
    Results,
    'open' | 'keepBlock' | 'keepFile' | 'abandon' | 'info' | 'source' | 'renew' | 'forget'
  >;
  /** The notebook's live paragraphs as written this moment, in order; undefined where its document is not open. */
  readonly paragraphs: (notebook: NotebookId) => readonly Paragraph[] | undefined;
  /** The forms that they and the front matter declare. */
  readonly forms: (notebook: NotebookId) => readonly Form[] | undefined;
  /** The paragraphs without their texts. */
  readonly outline: (notebook: NotebookId) => Outline | undefined;
  /** Whether a registered interpreter, or an alias of one, has this name. */
  readonly knows: (interpreter: string) => boolean;
  readonly newRunId: (key: SessionKey) => RunId;
  readonly newResultId: (key: SessionKey) => ResultId;
  readonly now: () => number;
  /** Of Gondola: what another one made is not offered again. */
  readonly version: string;
  readonly warn: (what: string, details: Readonly<Record<string, unknown>>) => void;
  /** A large result was kept: the budget is to be looked at. */
  readonly grown: () => void;
  /** A run has ended, and that is shown. */
  readonly ended: () => void;
  /** Told of each run with its outcome, once that is settled. */
  readonly finished?: (run: Run) => void;
  /** Results that stand for the names of paragraphs which this session did not run itself: of a visitor's, the notebook's. */
  readonly beneath?: () => Held;
};

export type NotebookRun = {
  readonly request: RequestId;
  /** In notebook order. */
  readonly runs: readonly { readonly id: RunId; readonly paragraph: ParagraphId; readonly state: RunState }[];
};

export type Listener = (events: readonly RunEvent[]) => void;
/** A run without what is long: enough for a list of them. */
export type RunSummary = Omit<Run, 'source' | 'outputs'>;
