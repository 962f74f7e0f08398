/**
 * What a run prints. Bytes of stdout and stderr become text (UTF-8; what is none becomes U+FFFD) and lose the end markers;
 * text is gathered for a moment so that a chatty run makes few events, and cut at a limit, saying how much is missing.
 */
import { parseId } from '../protocol/ids.ts';
import { TEXT_LIMIT, type TextStream } from '../protocol/outputs.ts';

const PREFIX = Buffer.from('\u0000gondola:end:');
const SUFFIX = Buffer.from('\u0000\n');
/** An id has at most 32 characters. */
const MARKER_BYTES = PREFIX.length + 32 + SUFFIX.length;

export type Piece = { readonly text: string } | { readonly end: string };

/** Decodes one stream: text, and the run ids of the end markers found in it. A marker may be cut anywhere by a chunk. */
export function markerReader(): (chunk: Buffer) => readonly Piece[] {
  let decoder = new TextDecoder();
  let kept: Buffer = Buffer.alloc(0);
  return (chunk) => {
    const pieces: Piece[] = [];
    let rest = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk;
    const put = (bytes: Buffer): void => {
      const text = decoder.decode(bytes, { stream: true });
      if (text !== '') pieces.push({ text });
    };
    for (;;) {
      const at = rest.indexOf(PREFIX);
      if (at === -1) {
        const hold = tailThatBegins(rest);
        put(rest.subarray(0, rest.length - hold));
        kept = rest.subarray(rest.length - hold);
        return pieces;
      }
      const end = rest.indexOf(SUFFIX, at + PREFIX.length);
      const id = end === -1 ? '' : rest.toString('latin1', at + PREFIX.length, Math.min(end, at + MARKER_BYTES));
      if (parseId(id)) {
        put(rest.subarray(0, at));
        const cut = decoder.decode();
        if (cut !== '') pieces.push({ text: cut });
        decoder = new TextDecoder();
        pieces.push({ end: id });
        rest = rest.subarray(end + SUFFIX.length);
      } else if (end === -1 && rest.length - at < MARKER_BYTES) {
        put(rest.subarray(0, at));
        kept = rest.subarray(at);
        return pieces;
      } else {
        put(rest.subarray(0, at + PREFIX.length));
        rest = rest.subarray(at + PREFIX.length);
      }
    }
  };
}

/** How many bytes at the end might be the beginning of a marker. */
function tailThatBegins(bytes: Buffer): number {
  const from = Math.max(0, bytes.length - PREFIX.length + 1);
  for (let at = bytes.indexOf(0, from); at !== -1; at = bytes.indexOf(0, at + 1)) {
    if (PREFIX.subarray(0, bytes.length - at).equals(bytes.subarray(at))) return bytes.length - at;
  }
  return 0;
}

/** A timer; returns how to stop it. */
export type Later = (call: () => void, ms: number) => () => void;

export const later: Later = (call, ms) => {
  const timer = setTimeout(call, ms);
  return () => clearTimeout(timer);
};

export type TextCollector = {
  push(stream: TextStream, text: string): void;
  /** Sends what was gathered, so that it stands before what comes next. */
  flush(): void;
  /** The last words: flushes, and says what was left out. */
  end(): void;
};

/**
 * Turns of a run's streams that are shown in their order. Each turn is an output on the page, so a run that alternates for
 * ever may not have it for ever: past this many, what comes between two times is joined, each stream in its own order.
 */
export const ORDERED_TURNS = 500;

/** The first text goes out at once, later text at most once each `everyMs`, in the order it came. */
export function textCollector(options: {
  readonly emit: (stream: TextStream, text: string) => void;
  readonly later: Later;
  readonly everyMs: number;
  readonly limit?: number;
  readonly ordered?: number;
}): TextCollector {
  const ordered = options.ordered ?? ORDERED_TURNS;
  const limit = options.limit ?? TEXT_LIMIT;
  let gathered: { stream: TextStream; text: string }[] = [];
  let turn: TextStream | undefined;
  let turns = 0;
  let kept = 0;
  let omitted = 0;
  let stop: (() => void) | undefined;
  let ended = false;

  const send = (): void => {
    const list = gathered;
    gathered = [];
    for (const { stream, text } of list) options.emit(stream, text);
  };
  const pause = (): void => {
    stop = options.later(() => {
      stop = undefined;
      if (gathered.length === 0) return;
      send();
      pause();
    }, options.everyMs);
  };
  return {
    push(stream, text) {
      if (ended) return;
      const part = text.slice(0, Math.max(0, limit - kept));
      kept += part.length;
      omitted += text.length - part.length;
      if (part === '') return;
      if (stream !== turn) turns += 1;
      turn = stream;
      const last = turns <= ordered ? gathered.at(-1) : gathered.findLast((piece) => piece.stream === stream);
      if (last?.stream === stream) last.text += part;
      else gathered.push({ stream, text: part });
      if (!stop) {
        send();
        pause();
      }
    },
    flush: send,
    end() {
      if (ended) return;
      ended = true;
      stop?.();
      send();
      if (omitted > 0) options.emit('stderr', `\n… ${omitted} more characters were left out: a run keeps ${limit}.\n`);
    },
  };
}
