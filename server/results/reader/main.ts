/**
 * The results reader: a process of its own that reads result files and serves windows of them, by `protocol.ts`. It ends when
 * its requests end, and on an error after which its engine would refuse everything.
 */
import { readdirSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEngine } from './engine.ts';
import { failureOf, isFatal, isRefused, ReaderError } from './failure.ts';
import type { Sink } from './forms.ts';
import {
  CREDIT,
  DATA_BYTES,
  decodeCredit,
  decodeRequest,
  encodeFrame,
  encodeJson,
  encodeProgress,
  type Frame,
  frameDecoder,
  KIND,
} from './protocol.ts';
import { openServer, type Server } from './serve.ts';

type Call = { readonly stop: AbortController; credit: number; resume: () => void };

/** Queries hold a thread of libuv each while they run: windows must not wait for downloads and sorts. */
process.env.UV_THREADPOOL_SIZE = '17';

const text = { type: 'string', default: '' } as const;
const { values } = parseArgs({
  options: { readable: text, temporary: text, memory: text, threads: text, 'time-zone': text },
});

for (const name of readdirSync(values.temporary))
  rmSync(join(values.temporary, name), { recursive: true, force: true });
const requests = new Socket({ fd: 3, readable: true, writable: false });
const answers = new Socket({ fd: 4, readable: false, writable: true });
const settings = {
  readable: values.readable,
  temporary: values.temporary,
  memory: Number(values.memory),
  threads: Number(values.threads),
  timeZone: values['time-zone'],
};
const calls = new Map<number, Call>();
const engine = await openEngine(settings);
const server = openServer(engine, settings);
const decoder = frameDecoder();
requests.on('data', (chunk) => {
  for (const frame of decoder.push(chunk)) receive(server, frame);
});
requests.on('end', () => process.exit(0));
requests.on('error', () => process.exit(1));
answers.on('error', () => process.exit(1));
answers.write(encodeFrame(KIND.ready, 0));

function receive(to: Server, { kind, call: id, payload }: Frame): void {
  if (kind === KIND.request) {
    void answer(to, id, payload);
    return;
  }
  const call = calls.get(id);
  if (!call) return;
  if (kind === KIND.cancel) call.stop.abort();
  else if (kind === KIND.credit) call.credit += decodeCredit(payload);
  call.resume();
}

async function answer(to: Server, id: number, payload: Uint8Array): Promise<void> {
  const call: Call = { stop: new AbortController(), credit: CREDIT, resume: () => {} };
  calls.set(id, call);
  let fatal = false;
  try {
    const { request, block } = decodeRequest(payload);
    await to.answer(request, block, sinkOf(id, call), call.stop.signal);
    answers.write(encodeFrame(KIND.end, id));
  } catch (error) {
    fatal = isFatal(error) || isRefused(error);
    // Whoever asked is not told: the call ends with the process, and is asked again.
    if (!isRefused(error)) answers.write(encodeJson(KIND.failure, id, failureOf(error)));
  } finally {
    calls.delete(id);
  }
  if (fatal) answers.end(() => process.exit(1));
}

function sinkOf(id: number, call: Call): Sink {
  return {
    head: (contentType) => {
      answers.write(encodeJson(KIND.head, id, { contentType }));
    },
    progress: (fraction) => {
      answers.write(encodeProgress(id, fraction));
    },
    data: async (bytes) => {
      for (let at = 0; at < bytes.length; at += DATA_BYTES) {
        while (call.credit <= 0 && !call.stop.signal.aborted) {
          await new Promise<void>((resolve) => {
            call.resume = resolve;
          });
        }
        if (call.stop.signal.aborted) throw new ReaderError('cancelled', '');
        const part = bytes.subarray(at, at + DATA_BYTES);
        call.credit -= part.length;
        answers.write(encodeFrame(KIND.data, id, part));
      }
    },
  };
}
