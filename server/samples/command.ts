/** `gondola data api-log`: makes a data set of any size, and prints what is known of it. */
import { join, resolve } from 'node:path';
import { UsageError } from '../config.ts';
import { FORMATS, type Format, writeApiLog } from './write.ts';

export type DataOptions = {
  readonly rows?: string;
  readonly out?: string;
  readonly format?: string;
  readonly seed?: string;
};

/** Four thousand million fit into 32 bits of the numbers that make calls differ; a day has room for less. */
const MOST_ROWS = 1_000_000_000;

/** `folder`: where it goes when nothing is said. */
export async function makeData(what: string, options: DataOptions, folder: string): Promise<string> {
  if (what !== 'api-log') throw new UsageError(`there is no data set ${what}. There is: api-log`);
  const rows = wholeNumber('--rows', options.rows ?? '100000', MOST_ROWS);
  const seed = options.seed === undefined ? {} : { seed: wholeNumber('--seed', options.seed, 2 ** 32 - 1) };
  const format = formatOf(options.format ?? 'jsonl');
  const out = options.out === undefined ? join(folder, 'data') : resolve(options.out);
  const { files, expected } = await writeApiLog({ rows, ...seed, folder: out, name: 'api-log', format });
  return [
    ...files,
    `${expected.rows} calls; ${expected.repeats} of them repeat one at most ${expected.within_ms} ms before, with the same content`,
    join(out, 'api-log.expected.json'),
    '',
  ].join('\n');
}

function wholeNumber(option: string, text: string, most: number): number {
  const number = Number(text.replaceAll('_', ''));
  if (Number.isInteger(number) && number >= 1 && number <= most) return number;
  throw new UsageError(`${option} is a whole number from 1 to ${most}, not ${text}.`);
}

function formatOf(text: string): Format {
  const format = FORMATS.find((one) => one === text);
  if (format) return format;
  throw new UsageError(`--format is ${FORMATS.join(', ')}, not ${text}.`);
}
