/**
 * What the parts of the server tell whoever operates it: runs, ends of sessions, edits and syncs become meters and lines of
 * the log. Of people only their ids; of runs no text, name or path.
 */
import type { Logger } from './http/logging.ts';
import type { Meters } from './metrics/meters.ts';
import type { Run } from './protocol/runs.ts';
import type { Disk } from './storage/disk.ts';

export type Observer = {
  readonly acknowledged: (ms: number) => void;
  readonly finished: (run: Run) => void;
  readonly endedFor: (reason: string) => void;
  readonly evicted: (results: number) => void;
  /** The same disk; its syncs of logs are timed. */
  timed(disk: Disk): Disk;
};

/** Of runs that people asked for: what is no interpreter of ours has no name of its own in the metrics. */
export function createObserver(
  meters: Meters,
  logger: Pick<Logger, 'info'>,
  knows: (interpreter: string) => boolean,
): Observer {
  return {
    acknowledged: (ms) => meters.observe('edit_acknowledgement_duration_seconds', ms / 1000),
    finished({ id, notebook, interpreter, by, asked, phase }) {
      const known = knows(interpreter) ? interpreter : 'other';
      meters.count('runs_total', [known, phase.state]);
      const started = 'started' in phase ? phase.started : undefined;
      const ended = 'ended' in phase ? phase.ended : undefined;
      const ms = started !== undefined && ended !== undefined ? ended - started : undefined;
      const waited = started === undefined ? undefined : started - asked;
      if (ms !== undefined) meters.observe('run_duration_seconds', ms / 1000, [known]);
      if (waited !== undefined) meters.observe('run_wait_duration_seconds', waited / 1000);
      const reason = 'reason' in phase ? phase.reason : undefined;
      const about = { run: id, notebook, interpreter: known, state: phase.state, reason, ms, waited, who: by.id };
      logger.info(about, 'run ended');
    },
    endedFor: (reason) => meters.count('session_ends_total', [reason]),
    evicted(results) {
      if (results === 0) return;
      meters.count('result_evictions_total', [], results);
      logger.info({ results }, 'results were removed to keep the budget');
    },
    timed: (disk) => ({
      ...disk,
      async sync(path) {
        const since = performance.now();
        await disk.sync(path);
        meters.observe('log_sync_duration_seconds', (performance.now() - since) / 1000);
      },
    }),
  };
}
