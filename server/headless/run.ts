/**
 * `gondola run`: one notebook from top to bottom, in a fresh session, and what it gave as files. A paragraph that fails ends
 * the run: what it and those before it showed is still written, those behind it are not run.
 */
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { type Config, UsageError } from '../config.ts';
import { AppError } from '../errors.ts';
import { type Paragraph, PROSE } from '../protocol/document.ts';
import { rawOf } from '../protocol/forms/address.ts';
import { fillProse } from '../protocol/forms/prose.ts';
import { readValues } from '../protocol/forms/read.ts';
import type { Form, FormValues } from '../protocol/forms.ts';
import { type FillRandom, newId, type PersonId, parseId, type RequestId } from '../protocol/ids.ts';
import { isEnded, type Run } from '../protocol/runs.ts';
import { PrintFailure } from '../report/pdf.ts';
import type { RawValues } from '../runs/inputs.ts';
import { beginEvent, endEvent, eventOf } from './events.ts';
import { follow, type Told } from './follow.ts';
import type { Job } from './job.ts';
import { type Notebook, readFromFile } from './notebook.ts';
import { openProgress, type Terminal } from './progress.ts';
import { type Ran, writeReport } from './report.ts';
import { openRig, type Rig } from './rig.ts';
import { writeTables } from './tables.ts';
import { count, duration, painter } from './words.ts';

export type RunIo = {
  readonly terminal: Terminal & { readonly live: boolean; readonly colours: boolean };
  /** A line for stdout. */
  line(text: string): void;
  /** Aborts when the run is to be given up. */
  readonly signal: AbortSignal;
  readonly now: () => number;
  /** Told of what has to be removed, whatever happens. */
  readonly opened: (rig: Pick<Rig, 'remove'>) => void;
};

export const EXIT = { done: 0, failed: 1, refused: 3, cancelled: 130 } as const;

/** Resolves with the exit code. Rejects with UsageError for what can't be read as a notebook. */
export async function runNotebook(job: Job, config: Config, root: string, io: RunIo): Promise<number> {
  const { signal, now } = io;
  const started = now();
  const random = counted();
  const read = readFromFile(job, random);
  const values = valuesGiven(job, read);
  const notebook: Notebook = { ...read, paragraphs: read.paragraphs.map((one) => shownProse(one, read.forms, values)) };
  const paint = painter(io.terminal.colours);
  const { terminal } = io;
  const progress = openProgress({ notebook, path: job.given, paint, now, terminal, live: terminal.live });
  const rig = openRig({
    job,
    notebook,
    config,
    root,
    random,
    warn: (message, detail) => {
      if (SAID_HERE.has(message) || config.log === 'silent' || config.log === 'error') return;
      progress.say(`gondola: ${message} ${JSON.stringify(detail)}`);
    },
  });
  io.opened(rig);
  const emit = (event: object): void => {
    if (job.json) io.line(JSON.stringify(event));
  };
  try {
    if (notebook.steps.some(({ interpreter }) => interpreter !== 'shell')) rig.sessions.startAhead(rig.id);
    const isolation = notebook.steps.length === 0 ? undefined : await untilAborted(rig.sessions.isolation(), signal);
    if (isolation?.kind === 'none') {
      if (isolation.refused) {
        progress.say(`gondola: no code runs here, as it could not be isolated: ${isolation.why}`);
        progress.say('Install bubblewrap, or allow it to run without: --sandbox off');
        return EXIT.refused;
      }
      if (config.sandbox !== 'off') progress.say(`gondola: code is not isolated: ${isolation.why}`);
    }
    emit(beginEvent(notebook, job.path, job.workspace, started));
    const runs = await runAll(rig, notebook, Object.fromEntries(values), random, signal, (told) => {
      progress.on(told);
      const event = eventOf(told);
      if (event) emit(event);
    });
    const state = signal.aborted ? 'cancelled' : runs.every(({ phase }) => phase.state === 'done') ? 'done' : 'failed';
    const ran: Ran = { state, started, ended: now(), runs };
    const { files, failed } =
      state === 'cancelled' ? { files: [] } : await writeFiles({ job, notebook, ran, values, rig, root, signal });
    emit(endEvent(failed === undefined ? state : 'failed', started, now(), countsOf(runs), files));
    for (const { file } of files) progress.say(paint('dim', `wrote ${near(file)}`));
    if (failed !== undefined) progress.say(`gondola: ${failed}`);
    progress.say(summary(ran, job.given));
    return EXIT[failed === undefined ? state : 'failed'];
  } catch (error) {
    if (!signal.aborted) throw error;
    emit(endEvent('cancelled', started, now(), countsOf([]), []));
    progress.say(`${job.given}: cancelled after ${duration(now() - started)}.`);
    return EXIT.cancelled;
  } finally {
    progress.close();
    await rig.close();
    rig.remove();
  }
}

/** As one would type it from here. */
function near(file: string): string {
  const path = relative('', file);
  return path.startsWith('..') ? file : path;
}

/** Warnings of the parts that are told here in other words. */
const SAID_HERE: ReadonlySet<string> = new Set(['code in notebooks is not isolated']);

/** Ids that are the same in each run of a notebook, so that two reports differ in what differs. */
function counted(): FillRandom {
  let made = 0;
  return (bytes) => {
    made += 1;
    bytes.set(createHash('sha256').update(String(made)).digest().subarray(0, bytes.length));
    return bytes;
  };
}

/** Rejects what is no value of a form of the notebook with a UsageError. */
function valuesGiven({ forms: given }: Pick<Job, 'forms'>, { forms }: Pick<Notebook, 'forms'>): FormValues {
  const raw = new Map<string, unknown>(given);
  for (const form of forms) {
    const texts = given.get(form.name);
    if (texts) raw.set(form.name, rawOf(form, texts));
  }
  const read = readValues(forms, Object.fromEntries(raw));
  if ('code' in read) throw new UsageError(`--form: ${read.message}`);
  return read.values;
}

/** Prose says what the values are; code runs as it is written. */
const shownProse = (paragraph: Paragraph, forms: readonly Form[], values: FormValues): Paragraph =>
  paragraph.interpreter === PROSE ? { ...paragraph, source: fillProse(paragraph.source, forms, values) } : paragraph;

const WHO = { id: parseId<PersonId>('headless')!, name: 'gondola run' };

async function runAll(
  rig: Rig,
  notebook: Notebook,
  forms: RawValues,
  random: FillRandom,
  signal: AbortSignal,
  tell: (told: Told) => void,
): Promise<readonly Run[]> {
  const runs = await untilAborted(rig.runs.of(rig.id), signal);
  const { release } = runs.attach(follow(notebook, tell));
  const asked = await untilAborted(runs.ask({ request: newId<RequestId>(random), by: WHO, forms }), signal);
  const ids = asked.runs.map(({ id }) => id);
  await runs.ended(ids, signal);
  release();
  const all = await Promise.all(ids.map((id) => runs.get(id)));
  return all.filter((run) => run !== undefined);
}

export type WrittenFile = { readonly name?: string; readonly file: string };

/** What could be written, and why no more. */
async function writeFiles(on: {
  readonly job: Job;
  readonly notebook: Notebook;
  readonly ran: Ran;
  readonly values: FormValues;
  readonly rig: Rig;
  readonly root: string;
  readonly signal: AbortSignal;
}): Promise<{ readonly files: readonly WrittenFile[]; readonly failed?: string }> {
  const { job, notebook, ran, values, rig, root, signal } = on;
  const files: WrittenFile[] = [];
  try {
    if (job.results) {
      const tables = await (await rig.runs.of(rig.id)).tables();
      for await (const file of writeTables(tables, job.results, rig.results, signal)) files.push(file);
    }
    if (job.output) {
      const { results } = rig;
      await writeReport(job.output, { job, notebook, ran, values, results, root, signal });
      files.push({ file: job.output.file });
    }
    return { files };
  } catch (error) {
    signal.throwIfAborted();
    // What the disk or the reader says is to be told; anything else is a fault of ours, with its stack.
    const isTold = error instanceof AppError || error instanceof PrintFailure;
    if (!isTold && !(error instanceof Error && 'syscall' in error)) throw error;
    return { files, failed: `not everything could be written: ${error.message}` };
  }
}

function countsOf(runs: readonly Run[]): Readonly<Record<string, number>> {
  const counts = { done: 0, failed: 0, lost: 0, cancelled: 0 };
  for (const { phase } of runs) if (isEnded(phase)) counts[phase.state] += 1;
  return counts;
}

function summary({ state, started, ended, runs }: Ran, path: string): string {
  const { done = 0, cancelled = 0 } = countsOf(runs);
  const took = duration(ended - started);
  if (runs.length === 0) return `${path} has no paragraph to run.`;
  if (state === 'done') return `${path}: ${count(done, 'paragraph')} done in ${took}.`;
  if (state === 'cancelled') return `${path}: cancelled after ${took}.`;
  const left = cancelled === 0 ? '' : ` ${count(cancelled, 'paragraph')} not run.`;
  return `${path}: failed after ${took}.${left}`;
}

/** Rejects once the signal aborts, whatever the promise does. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
