/**
 * What is known of one planned time of a job. There is one record for each (job, planned time), written before anything
 * starts. Nothing is silent: whatever was not run says why it was not.
 */
export type OccurrenceState =
  /** Written down; waits for its turn, or for its next attempt. */
  | 'planned'
  | 'running'
  | 'done'
  | 'failed'
  /** The server was not there, and the policy does not make up for it. */
  | 'missed'
  /** An earlier one was still at work. */
  | 'skipped'
  | 'cancelled'
  /** The server died while it ran, and no attempt is left. */
  | 'lost';

export type Occurrence = {
  /** ms since 1970; unique within its job. */
  readonly planned: number;
  readonly state: OccurrenceState;
  /** Attempts begun. */
  readonly attempts: number;
  /** Of one that is planned: its next attempt begins no earlier. */
  readonly notBefore: number;
  /** Of one that is missed and stands for all that were due up to here, too. */
  readonly until?: number;
};

export const fresh = (planned: number, state: OccurrenceState): Occurrence => ({
  planned,
  state,
  attempts: 0,
  notBefore: planned,
});
