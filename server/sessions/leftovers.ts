/**
 * Processes that a killed server left behind. Each living one has a small file, `.gondola/processes/PID`, with its start
 * time and the machine's boot: at the next start whatever still runs under all three is ended; a pid alone may be
 * somebody else's by now.
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { signalGroup } from './launch.ts';
import { bootId, startOf } from './proc.ts';
import { psStartOf } from './ps.ts';

export type Leftovers = {
  /** Notes a process; returns the release. On a full disk it goes unnoted: where the system can, it ends with the server. */
  note(pid: number): () => void;
  /** Ends what an earlier server left; returns the pids. */
  reap(): readonly number[];
};

export function leftoversIn(folder: string): Leftovers {
  // Where there is no boot id, the time of the start tells one boot from another.
  const boot = bootId() || process.platform;
  const startTime = process.platform === 'linux' ? startOf : psStartOf;
  return {
    note(pid) {
      const started = startTime(pid);
      if (started === undefined) return () => undefined;
      const file = join(folder, String(pid));
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, `${boot} ${started}\n`);
      } catch {
        return () => undefined;
      }
      return () => rmSync(file, { force: true });
    },
    reap() {
      const ended: number[] = [];
      for (const name of filesIn(folder)) {
        const file = join(folder, name);
        const pid = Number(name);
        const [noted, started] = readFileSync(file, 'latin1').trim().split(' ');
        // Each is the leader of its own group; never signal a group by a pid that is not one.
        if (Number.isInteger(pid) && pid > 1 && noted === boot && startTime(pid) === started) {
          signalGroup(pid, 'SIGKILL');
          ended.push(pid);
        }
        rmSync(file, { force: true });
      }
      return ended;
    },
  };
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
