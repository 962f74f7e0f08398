/**
 * Progress on stderr. On a terminal each paragraph has one line that is alive while it runs and says at the end how it went;
 * elsewhere (a log of a build) plain lines tell of each start and end, and nothing is drawn twice.
 */
import type { EndedPhase } from '../protocol/runs.ts';
import type { Told } from './follow.ts';
import type { Notebook, Step } from './notebook.ts';
import { count, duration, failureLines, failureOf, type Paint, reasonText, shown } from './words.ts';

export type Terminal = {
  write(text: string): void;
  /** Undefined where it is none. */
  readonly columns: () => number | undefined;
};

export type ProgressOptions = {
  readonly notebook: Notebook;
  /** The notebook as the user named it. */
  readonly path: string;
  readonly terminal: Terminal;
  readonly live: boolean;
  readonly paint: Paint;
  readonly now: () => number;
};

export type ProgressDisplay = {
  on(told: Told): void;
  /** A line of its own between. */
  say(line: string): void;
  /** Takes the live line away. */
  close(): void;
};

/** Often enough that a second is seen to pass; a terminal over a slow line is not flooded. */
const REDRAW_MS = 100;
/** Of a terminal that does not tell. */
const COLUMNS = 80;
const SPINNER = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

export function openProgress(options: ProgressOptions): ProgressDisplay {
  const { notebook, path, terminal, live, paint, now } = options;
  const of = notebook.steps.length;
  let running: { readonly step: Step; readonly since: number; note: string } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let drawn = false;
  let frame = 0;

  const place = (step: Step): string => paint('dim', `[${String(step.number).padStart(String(of).length)}/${of}]`);

  function erase(): void {
    if (drawn) terminal.write('\r\u001b[K');
    drawn = false;
  }

  function draw(): void {
    if (!running || !live) return;
    const { step, since, note } = running;
    const spinner = SPINNER[frame++ % SPINNER.length]!;
    const text = [step.label, duration(now() - since), note].filter(Boolean).join('  ');
    const room = (terminal.columns() || COLUMNS) - `[${of}/${of}]`.length - 4;
    erase();
    terminal.write(`${spinner} ${place(step)} ${[...text].slice(0, Math.max(10, room)).join('')}`);
    drawn = true;
  }

  function line(text: string): void {
    erase();
    terminal.write(`${text}\n`);
    draw();
  }

  function start(step: Step, at: number): void {
    running = { step, since: at, note: '' };
    if (live) {
      draw();
      timer ??= setInterval(draw, REDRAW_MS).unref();
    } else line(`${place(step)} ${step.label}: started`);
  }

  function stop(): void {
    running = undefined;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    on(told) {
      const { step } = told;
      switch (told.type) {
        case 'started':
          start(step, told.at);
          return;
        case 'waiting':
          if (!live) line(`${place(step)} ${step.label}: waits for ${told.for}`);
          return;
        case 'progress': {
          const { fraction, rows } = told.progress;
          const parts = [
            ...(fraction === undefined ? [] : [`${Math.floor(fraction * 100)}%`]),
            ...(rows === undefined ? [] : [count(rows, 'row')]),
          ];
          if (running && parts.length > 0) running.note = parts.join('  ');
          return;
        }
        case 'ended': {
          const { phase } = told;
          const { outputs } = told.run;
          stop();
          if (phase.state === 'cancelled' && phase.started === undefined) return;
          const took = duration(phase.ended - (phase.started ?? phase.ended));
          if (phase.state === 'done') {
            const what = [took, shown(outputs)].filter(Boolean).join(', ');
            line(
              live
                ? `${paint('green', '✓')} ${place(step)} ${step.label}  ${paint('dim', what)}`
                : `${place(step)} ${step.label}: done in ${what}`,
            );
            return;
          }
          const failure = failureOf(told.run);
          const how = howEnded(phase);
          line(
            `${live ? `${paint('red', '✗')} ` : ''}${place(step)} ${step.label}: ${paint('red', how)} after ${took}`,
          );
          if (failure) for (const one of failureLines(path, step, told.run, failure, paint)) line(one);
          return;
        }
        case 'output':
        case 'text':
          return;
      }
    },
    say: line,
    close() {
      stop();
      erase();
    },
  };
}

function howEnded(phase: Exclude<EndedPhase, { readonly state: 'done' }>): string {
  return phase.state === 'failed' || phase.reason === undefined ? 'failed' : reasonText(phase.reason);
}
