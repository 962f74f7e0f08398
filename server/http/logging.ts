/** Structured logs: JSON lines on stderr, with a request's id on each, and no secret in any. */
import { type DestinationStream, destination, type Logger, pino } from 'pino';

export type { Logger };

export type LogLevel = 'silent' | 'error' | 'warn' | 'info' | 'debug';

const SECRETS = ['authorization', 'cookie', 'token', 'secret', 'password'];

export function createLogger(level: LogLevel, to: DestinationStream = destination(2)): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.headers.${name}`]), censor: '[redacted]' },
    },
    to,
  );
}
