/**
 * Live sockets on `ws`: takes over upgrades that were let in, carries frames for a `Visit`, and finds out who is gone.
 * No compression: it costs a socket ten times the memory of everything of ours, and edits are small. Frames to send do
 * not pass `ws`: the bytes on the line are made once for all who get a frame, and leave in one write each.
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
  });
  const shared: VisitOptions = { ...options, frames: new WeakMap(), halls: new Halls(options.handlers) };
  const dress = dresser();
  const visits = new Map<Visit, Line>();
  let stopBeat = beat();

  function beat(): () => void {
    return options.clock.after(BEAT_MS, () => {
      for (const line of visits.values()) line.beat();
      stopBeat = beat();
    });
  }

  /** Whether those who are here may still be. Nothing is asked while nobody is. */
  let stopAsking: (() => void) | undefined;
  function ask(): void {
    for (const visit of [...visits.keys()]) visit.reconsider();
  }
  function askOn(): void {
    stopAsking = options.clock.after(ASK_MS, () => {
      stopAsking = undefined;
      ask();
      if (visits.size > 0) askOn();
    });
  }
  const stopListening = options.access.store.onChange(ask);
  const ended = (visit: Visit): void => void visits.delete(visit);

  return {
    accept: (notebook, principal, request, socket, head) => {
      server.handleUpgrade(request, socket, head, (webSocket) => {
        const line = new Line(webSocket, socket, dress, options.clock);
        const visit = new Visit(notebook, principal, line, shared, ended);
        visits.set(visit, line);
        if (!stopAsking) askOn();
        carry(webSocket, visit);
      });
    },
    get count() {
      return visits.size;
    },
    close: async () => {
      stopBeat();
      stopAsking?.();
      stopListening();
      const gone = [...server.clients].map((one) => new Promise((resolve) => one.once('close', resolve)));
      for (const visit of [...visits.keys()]) visit.close(1001, 'the server is stopping');
      const callOff = options.clock.after(LAST_MS, () => {
        for (const one of server.clients) one.terminate();
      });
      await Promise.all(gone);
      callOff();
    },
  };
}

/** Holds on to the two and nothing else, as long as the connection lasts. */
function carry(socket: WebSocket, visit: Visit): void {
  socket.on('message', (data, isBinary) => visit.receive(isBinary && Buffer.isBuffer(data) ? data : undefined));
  socket.on('close', () => visit.lost());
  // `ws` closes a connection that breaks its protocol by itself; unheard, the error would end the server.
  socket.on('error', () => visit.lost());
}

/** As RFC 6455 has it: a whole binary message, unmasked. */
const BINARY = 0x82;

/** What stands on the line for a frame. Who sends one frame to many gets the same bytes for all. */
function dresser(): (frame: Uint8Array) => Buffer {
  let last: { readonly frame: Uint8Array; readonly bytes: Buffer } | undefined;
  return (frame) => {
    if (last?.frame === frame) return last.bytes;
    const { length } = frame;
    const head = length < 126 ? 2 : length < 65_536 ? 4 : 10;
    const bytes = Buffer.allocUnsafe(head + length);
    bytes[0] = BINARY;
    bytes[1] = head === 2 ? length : head === 4 ? 126 : 127;
    if (head === 4) bytes.writeUInt16BE(length, 2);
    if (head === 10) bytes.writeBigUInt64BE(BigInt(length), 2);
    bytes.set(frame, head);
    last = { frame, bytes };
    return bytes;
  };
}

class Line implements Transport {
  readonly #socket: WebSocket;
  /** What the WebSocket stands on. */
  readonly #under: Duplex;
  readonly #dress: (frame: Uint8Array) => Buffer;
  readonly #clock: VisitOptions['clock'];
  #answered = true;
  #paused = false;

  constructor(socket: WebSocket, under: Duplex, dress: (frame: Uint8Array) => Buffer, clock: VisitOptions['clock']) {
    this.#socket = socket;
    this.#under = under;
    this.#dress = dress;
    this.#clock = clock;
    socket.binaryType = 'nodebuffer';
    socket.on('pong', () => {
      this.#answered = true;
    });
  }

  send(frame: Uint8Array, flushed?: () => void): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const bytes = this.#dress(frame);
    if (flushed) this.#under.write(bytes, () => flushed());
    else this.#under.write(bytes);
  }

  together(work: () => void): void {
    this.#under.cork();
    work();
    this.#under.uncork();
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
    const callOff = this.#clock.after(CLOSE_MS, () => this.#socket.terminate());
    this.#socket.once('close', callOff);
  }

  cut(): void {
    this.#socket.terminate();
  }

  beat(): void {
    // What waits for the disk is not read, answers included.
    if (!this.#answered && !this.#paused) {
      this.#socket.terminate();
      return;
    }
    this.#answered = false;
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }
}
