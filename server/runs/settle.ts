/**
 * The end of a run, once its outputs and its record are durable. What could not be kept fails the run that seemed done:
 * its viewers are never told of an end that a restart would not know.
 */
import type { ResultId, RunId } from '../protocol/ids.ts';
import type { ErrorOutput, Output } from '../protocol/outputs.ts';
import type { EndedPhase, RunEvent } from '../protocol/runs.ts';
import { storageFailure } from './execution.ts';
import type { Records } from './records.ts';

export type Ending = {
  readonly id: RunId;
  readonly phase: EndedPhase;
  readonly outputs: readonly Output[];
  /** The result that the paragraph's name stands for from now on. */
  readonly named: ResultId | undefined;
  /** By which it is known again, where it is. */
  readonly fingerprint: string | undefined;
  /** Whether its small tables could be kept: resolves to why not. */
  readonly kept: Promise<ErrorOutput | undefined> | undefined;
};

/** Resolves with the events to show; does not reject. */
export async function settle(ending: Ending, records: Pick<Records, 'add' | 'flush'>): Promise<readonly RunEvent[]> {
  const { id, named, fingerprint } = ending;
  const outputs = ending.outputs.slice();
  const events: RunEvent[] = [];
  let phase = ending.phase;
  const fail = (output: ErrorOutput): void => {
    if (phase.state !== 'done' && phase.state !== 'failed') return;
    events.push({ type: 'output', id, index: outputs.length, output });
    outputs.push(output);
    phase = { ...phase, state: 'failed' };
  };
  // What fails after all is not known again.
  const known = () => (fingerprint !== undefined && phase.state === 'done' ? { fingerprint } : {});
  const record = (): void =>
    records.add({ type: 'ended', id, phase, outputs, ...(named ? { named } : {}), ...known() });
  const unkept = ending.kept && (await ending.kept);
  if (unkept) fail(unkept);
  record();
  try {
    await records.flush();
  } catch (error) {
    fail(storageFailure(error));
    // For the record that is written once the disk takes it again.
    record();
  }
  return [...events, { type: 'ended', id, phase }];
}
