/**
 * What bash and its children print, on its way to our own stdout or stderr.
 *
 * Descriptors 1 and 2 are sockets, and `> /dev/stderr` can't open a socket: bash gets a FIFO instead, opened anew for each
 * run (programs set flags on what they share), and its text is passed on as it comes. The reading end is ours for good: a
 * child that keeps the FIFO open holds nobody. At the end of a run, when its processes are gone, a sentinel goes through
 * the FIFO: what came before it was all.
 */
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

export type Relay = {
  /** A descriptor for the next run to write to. The caller closes it. */
  open(): number;
  /** Resolves when all that was written so far is passed on, or after `ms`. */
  flush(ms: number): Promise<void>;
  /** The last text that went through since the run's `open`. */
  last(): string;
  close(): void;
};

/** Enough for the messages of a shell that fails; kept for finding the line that it names. */
const LAST_BYTES = 4096;
/** A FIFO that is full for a moment takes the sentinel after the next read. */
const RETRY_MS = 1;

/** Makes the FIFOs; throws where `mkfifo` fails, with its words. */
export function makeFifos(paths: readonly string[], env: Readonly<Record<string, string>>): void {
  const { status, stderr, error } = spawnSync('mkfifo', ['-m', '600', ...paths], { env, encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(stderr.trim());
}

export function openRelay(fifo: string, descriptor: 1 | 2): Relay {
  const source = new Socket({ fd: openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK), readable: true });
  const sink = new Socket({ fd: descriptor, readable: false, writable: true });
  // Blocking for programs, not for us: two openings, so that neither sees the other's flags.
  const own = openSync(fifo, constants.O_WRONLY | constants.O_NONBLOCK);
  let tail = Buffer.alloc(0);
  let sentinel: { readonly bytes: Buffer; kept: Buffer; readonly seen: () => void } | undefined;

  const pass = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    tail = Buffer.concat([tail, bytes.subarray(-LAST_BYTES)]).subarray(-LAST_BYTES);
    if (!sink.write(bytes)) source.pause();
  };
  sink.on('drain', () => source.resume());
  // The server is gone, and we end with it.
  sink.on('error', () => source.resume());
  source.on('error', () => undefined);
  source.on('data', (chunk: Buffer) => {
    if (!sentinel) return pass(chunk);
    const { bytes, seen } = sentinel;
    const rest = Buffer.concat([sentinel.kept, chunk]);
    const at = rest.indexOf(bytes);
    if (at >= 0) {
      sentinel = undefined;
      pass(rest.subarray(0, at));
      pass(rest.subarray(at + bytes.length));
      seen();
      return;
    }
    // It may be cut by a chunk, where something else still writes.
    const hold = Math.min(rest.length, bytes.length - 1);
    pass(rest.subarray(0, rest.length - hold));
    sentinel.kept = rest.subarray(rest.length - hold);
  });

  return {
    open() {
      tail = Buffer.alloc(0);
      return openSync(fifo, constants.O_WRONLY);
    },
    flush(ms) {
      return new Promise((resolve) => {
        const late = setTimeout(() => {
          if (sentinel) pass(sentinel.kept);
          sentinel = undefined;
          resolve();
        }, ms);
        const bytes = Buffer.from(`\0gondola:shell:${randomUUID()}\0`);
        const taken = (): void => {
          clearTimeout(late);
          resolve();
        };
        const seen = (): void => {
          if (sink.writableLength === 0) taken();
          else sink.write('', taken);
        };
        sentinel = { bytes, kept: Buffer.alloc(0), seen };
        const put = (): void => {
          try {
            writeSync(own, bytes);
          } catch {
            if (sentinel?.bytes === bytes) setTimeout(put, RETRY_MS);
          }
        };
        put();
      });
    },
    last: () => tail.toString('utf8'),
    close() {
      source.destroy();
      closeSync(own);
    },
  };
}
