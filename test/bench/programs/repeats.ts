/**
 * The streaming JavaScript of P1: each line parsed, its content looked up in a Map of when it came last. For each line of
 * input, a JSON list of files, it prints one JSON line: repeats found, rows, and CPU seconds.
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

const WITHIN_MS = 200;
/** Entries after which the Map is swept of what is too old to be repeated. */
const SWEEP = 100_000;
/** The last field of a line. */
const BODY = '"body":';

type Call = { readonly ts: string; readonly method: string; readonly path: string };

async function count(files: readonly string[]): Promise<{ repeats: number; rows: number }> {
  let repeats = 0;
  let rows = 0;
  let last = new Map<string, number>();
  let sweepAt = SWEEP;
  for (const file of files) {
    const source = createReadStream(file, { highWaterMark: 1 << 20 });
    const bytes = file.endsWith('.gz') ? source.pipe(createGunzip({ chunkSize: 1 << 18 })) : source;
    for await (const lines of linesOf(bytes)) {
      for (const line of lines) {
        const { ts, method, path } = JSON.parse(line) as Call;
        rows += 1;
        // The body as it was written: printing it again would take a third of the time.
        const content = `${method} ${path} ${line.slice(line.indexOf(BODY))}`;
        const ms = Date.parse(ts);
        const before = last.get(content);
        if (before !== undefined && ms - before <= WITHIN_MS) repeats += 1;
        last.set(content, ms);
        if (last.size < sweepAt) continue;
        last = new Map([...last].filter(([, at]) => ms - at <= WITHIN_MS));
        sweepAt = last.size + SWEEP;
      }
    }
  }
  return { repeats, rows };
}

/** The lines that came with each chunk. */
async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncIterable<readonly string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(10);
    if (end === -1) {
      rest = Buffer.concat([rest, chunk]);
      continue;
    }
    const whole = Buffer.concat([rest, chunk.subarray(0, end)]);
    rest = chunk.subarray(end + 1);
    yield whole.toString('utf8').split('\n');
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const before = process.cpuUsage();
  const counted = await count(JSON.parse(line) as string[]);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${JSON.stringify({ ...counted, cpu: (user + system) / 1e6 })}\n`);
}
