/**
 * Lines of the log from before the logger is there, which is loaded with the rest of the server, and from when it is not
 * any more: of the same form as its own.
 */
import { writeSync } from 'node:fs';
import type { LogLevel } from './logging.ts';

const ORDER = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type Told = (level: 'info' | 'warn' | 'error', msg: string, detail?: Readonly<Record<string, unknown>>) => void;

export function lineWriter(least: LogLevel, write: (line: string) => void = toStderr): Told {
  return (level, msg, detail = {}) => {
    if (ORDER.indexOf(level) < ORDER.indexOf(least)) return;
    write(`${JSON.stringify({ level, time: new Date().toISOString(), ...detail, msg })}\n`);
  };
}

export const asDetail = (error: unknown): { readonly err: { readonly message: string; readonly stack?: string } } => ({
  err:
    error instanceof Error
      ? { message: error.message, ...(error.stack ? { stack: error.stack } : {}) }
      : { message: String(error) },
});

/** At once, so that the last line of a crash is written. */
function toStderr(line: string): void {
  try {
    writeSync(2, line);
  } catch {
    // Nobody reads it.
  }
}
