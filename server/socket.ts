/**
 * Live sockets on `ws`: takes over upgrades that were let in, carries frames for a `Visit`, and finds out who is gone.
 * No compression: it costs a socket ten times the memory of everything of ours, and edits are small. Frames to send do
 * not pass `ws`: the bytes on the line are made once for all who get a frame, and leave in one write each.
 *
 * Thousands may be here and quiet, so it counts what one of them takes: a few objects, and no function of its own.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Principal } from './access/principal.ts';
import { Halls } from './halls.ts';
import type { NotebookId } from './protocol/ids.ts';
import { MAX_FRAME_BYTES } from './protocol/messages.ts';
import { type Transport, Visit, type VisitOptions } from './visit.ts';

export type SocketsOptions = Omit<VisitOptions, 'frames' | 'halls' | 'access'> & {
  readonly access: VisitOptions['access'] & { readonly store: { onChange(listener: () => void): () => void } };
};

export interface Sockets {
  /** Takes over an upgrade that was let in. */
  accept(notebook: NotebookId, principal: Principal, request: IncomingMessage, socket: Duplex, head: Buffer): void;
  readonly count: number;
  /** Closes all connections; resolves when they are gone, and lets none that does not answer hold up a stop. */
  close(): Promise<void>;
}

/** What was taken away is gone within 2 s, also what only time or another process took. */
const ASK_MS = 1_000;
/** Two missed answers end a connection: a laptop that closed its lid is told from a slow network. */
const BEAT_MS = 20_000;
/** How long a closing handshake may take. */
const CLOSE_MS = 5_000;
/** How long it may take where the server stops: files are still to be written within the time a stop has. */
const LAST_MS = 500;

export function openSockets(options: SocketsOptions): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    clientTracking: false,
    autoPong: false,
    WebSocket: Told,
  });
  const shared: VisitOptions = { ...options, frames: new WeakMap(), halls: new Halls(options.handlers) };
  /** Until they are gone altogether: who was closed may not have answered yet. */
  const lines = new Set<Line>();
  /** Of those, whose visit has not ended. */
  let count = 0;
  let emptied: (() => void) | undefined;
  const wire: Wire = {
    dress: dresser(),
    clock: options.clock,
    gone(line) {
      lines.delete(line);
      if (lines.size === 0) emptied?.();
    },
  };
  let stopBeat = beat();

  function beat(): () => void {
    return options.clock.after(BEAT_MS, () => {
      for (const line of lines) line.beat();
      stopBeat = beat();
    });
  }

  /** Whether those who are here may still be. Nothing is asked while nobody is. */
  let stopAsking: (() => void) | undefined;
  function ask(): void {
    for (const { visit } of [...lines]) visit?.reconsider();
  }
  function askOn(): void {
    stopAsking = options.clock.after(ASK_MS, () => {
      stopAsking = undefined;
      ask();
      if (count > 0) askOn();
    });
  }
  const stopListening = options.access.store.onChange(ask);
  const ended = (): void => {
    count -= 1;
  };

  return {
    accept: (notebook, principal, request, socket, head) => {
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const line = new Line(webSocket, socket, wire);
        webSocket.line = line;
        line.visit = new Visit(notebook, principal, line, shared, ended);
        lines.add(line);
        count += 1;
        if (!stopAsking) askOn();
      });
    },
    get count() {
      return count;
    },
    close: async () => {
      stopBeat();
      stopAsking?.();
      stopListening();
      for (const { visit } of [...lines]) visit?.close(1001, 'the server is stopping');
      const callOff = options.clock.after(LAST_MS, () => {
        for (const line of [...lines]) line.cut();
      });
      if (lines.size > 0)
        await new Promise<void>((resolve) => {
          emptied = resolve;
        });
      callOff();
    },
  };
}

/** A WebSocket that tells its line what happens. Listeners would be functions of its own, and a table to find them in. */
class Told extends WebSocket {
  line: Line | undefined;

  override emit(event: string | symbol, ...told: readonly unknown[]): boolean {
    if (!this.line) return super.emit(event, ...told);
    this.line.hear(event, told[0], told[1] === true);
    return true;
  }
}

/** As RFC 6455 has it: a whole binary message, unmasked. */
const BINARY = 0x82;

/** What stands on the line for a frame, or several. Who sends one to many gets the same bytes for all. */
type Dress = (sent: Uint8Array | readonly Uint8Array[]) => Buffer;

function dresser(): Dress {
  let last: { readonly sent: Uint8Array | readonly Uint8Array[]; readonly bytes: Buffer } | undefined;
  return (sent) => {
    if (last?.sent === sent) return last.bytes;
    const frames = sent instanceof Uint8Array ? [sent] : sent;
    const bytes = Buffer.allocUnsafe(frames.reduce((sum, { length }) => sum + headOf(length) + length, 0));
    let at = 0;
    for (const frame of frames) at = put(bytes, at, frame);
    last = { sent, bytes };
    return bytes;
  };
}

const headOf = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

/** Returns where it ends. */
function put(bytes: Buffer, at: number, frame: Uint8Array): number {
  const { length } = frame;
  const head = headOf(length);
  bytes[at] = BINARY;
  bytes[at + 1] = head === 2 ? length : head === 4 ? 126 : 127;
  if (head === 4) bytes.writeUInt16BE(length, at + 2);
  if (head === 10) bytes.writeBigUInt64BE(BigInt(length), at + 2);
  bytes.set(frame, at + head);
  return at + head + length;
}

/** What all lines have in common. */
type Wire = {
  readonly dress: Dress;
  readonly clock: VisitOptions['clock'];
  /** Its connection is closed on both sides. */
  gone(line: Line): void;
};

class Line implements Transport {
  visit: Visit | undefined;
  readonly #socket: WebSocket;
  /** What the WebSocket stands on. */
  readonly #under: Duplex;
  readonly #wire: Wire;
  #answered = true;
  #paused = false;
  /** Calls off what waits for the closing handshake. */
  #closing: (() => void) | undefined;

  constructor(socket: WebSocket, under: Duplex, wire: Wire) {
    this.#socket = socket;
    this.#under = under;
    this.#wire = wire;
  }

  /** What `ws` says of the connection, with what it says of it first, and whether that is binary. */
  hear(event: string | symbol, data: unknown, isBinary: boolean): void {
    switch (event) {
      case 'message':
        this.visit?.receive(isBinary && Buffer.isBuffer(data) ? data : undefined);
        return;
      case 'pong':
        this.#answered = true;
        return;
      case 'ping':
        // Whoever does not read the answers gets no more of them.
        if (this.buffered === 0) this.#socket.pong(data);
        return;
      // `ws` closes a connection that breaks its protocol by itself.
      case 'error':
        this.visit?.lost();
        return;
      case 'close':
        this.#closing?.();
        this.visit?.lost();
        this.#wire.gone(this);
    }
  }

  send(frame: Uint8Array, flushed?: () => void): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const bytes = this.#wire.dress(frame);
    if (flushed) this.#under.write(bytes, () => flushed());
    else this.#under.write(bytes);
  }

  sendAll(frames: readonly Uint8Array[]): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#under.write(this.#wire.dress(frames));
  }

  get buffered(): number {
    return this.#under.writableLength;
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#paused = false;
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
    this.#closing = this.#wire.clock.after(CLOSE_MS, () => this.#socket.terminate());
  }

  cut(): void {
    this.#socket.terminate();
  }

  beat(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    // What waits for the disk is not read, answers included.
    if (!this.#answered && !this.#paused) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    this.#socket.ping();
  }
}
