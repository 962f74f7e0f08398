/**
 * The client's end of a WebSocket with as little behind it as can be: thousands of them share one process, and a client that
 * costs more than the server would be all that is measured. All read into one buffer, so a frame is valid only while it is
 * handled. Loopback only: whatever else is asked for throws. No fragments, no compression: neither server sends them.
 */
import { randomBytes } from 'node:crypto';
import { connect, isIP } from 'node:net';

export type WireOptions = {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Shared by all wires of a process. */
  readonly buffer: Buffer;
  readonly onOpen: () => void;
  readonly onFrame: (bytes: Buffer) => void;
  /** Once, whichever side closed; 1006 where no close frame came. */
  readonly onClose: (code: number, reason: string) => void;
};

export interface Wire {
  send(frame: Uint8Array): void;
  close(): void;
}

/** What a read takes at most; smaller costs more reads, larger nothing but memory, once. */
export const READ_BYTES = 256 * 1024;

const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host === '[::1]' || (isIP(host) === 4 && host.startsWith('127.'));

export function openWire(options: WireOptions): Wire {
  if (!isLoopback(options.host)) throw new Error(`${options.host} is not this machine`);
  let open = false;
  let ended = false;
  let rest: Buffer | undefined;
  const socket = connect({
    host: options.host,
    port: options.port,
    noDelay: true,
    onread: {
      buffer: options.buffer,
      callback: (length, buffer) => {
        take(Buffer.from(buffer.buffer, buffer.byteOffset, length));
        return true;
      },
    },
  });
  socket.on('connect', () => socket.write(handshake(options)));
  socket.on('error', (error) => end(1006, error.message));
  socket.on('close', () => end(1006, 'cut'));

  function end(code: number, reason: string): void {
    if (ended) return;
    ended = true;
    options.onClose(code, reason);
  }

  function take(chunk: Buffer): void {
    let bytes = rest ? Buffer.concat([rest, chunk]) : chunk;
    rest = undefined;
    if (!open) {
      const head = bytes.indexOf('\r\n\r\n');
      if (head < 0) {
        rest = Buffer.from(bytes);
        return;
      }
      const status = bytes.toString('latin1', 0, bytes.indexOf('\r\n'));
      if (!status.startsWith('HTTP/1.1 101')) {
        end(1006, `${status} ${bytes.toString('utf8', head + 4)}`);
        socket.destroy();
        return;
      }
      open = true;
      bytes = bytes.subarray(head + 4);
      options.onOpen();
    }
    let at = 0;
    while (!ended) {
      const frame = frameAt(bytes, at);
      if (!frame) break;
      handle(bytes[at]! & 15, bytes.subarray(frame.start, frame.end));
      at = frame.end;
    }
    if (at < bytes.length) rest = Buffer.from(bytes.subarray(at));
  }

  function handle(opcode: number, payload: Buffer): void {
    if (opcode === OPCODE.binary) options.onFrame(payload);
    else if (opcode === OPCODE.ping) socket.write(frameOf(OPCODE.pong, payload));
    else if (opcode === OPCODE.close) {
      const code = payload.length >= 2 ? payload.readUInt16BE(0) : 1005;
      socket.end(frameOf(OPCODE.close, payload.subarray(0, 2)));
      end(code, payload.toString('utf8', 2));
    }
  }

  return {
    send: (frame) => {
      if (open && !ended) socket.write(frameOf(OPCODE.binary, frame));
    },
    close: () => {
      ended = true;
      if (open) socket.end(frameOf(OPCODE.close, Buffer.from([1000 >> 8, 1000 & 255])));
      else socket.destroy();
    },
  };
}

function handshake({ host, port, path, headers = {} }: WireOptions): string {
  const all = {
    host: `${host}:${port}`,
    upgrade: 'websocket',
    connection: 'Upgrade',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Where the payload of the frame at `at` lies; undefined while it is not all there. */
function frameAt(bytes: Buffer, at: number): { readonly start: number; readonly end: number } | undefined {
  if (bytes.length < at + 2) return undefined;
  const short = bytes[at + 1]! & 127;
  const start = at + (short === 126 ? 4 : short === 127 ? 10 : 2);
  if (bytes.length < start) return undefined;
  const length =
    short === 126 ? bytes.readUInt16BE(at + 2) : short === 127 ? Number(bytes.readBigUInt64BE(at + 2)) : short;
  return bytes.length < start + length ? undefined : { start, end: start + length };
}

/** Masked with zeros, which leaves the payload as it is: a client has to mask, and this costs nothing. */
function frameOf(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = length < 126 ? 6 : length < 65_536 ? 8 : 14;
  const frame = Buffer.alloc(head + length);
  frame[0] = 0x80 | opcode;
  frame[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head === 8) frame.writeUInt16BE(length, 2);
  if (head === 14) frame.writeBigUInt64BE(BigInt(length), 2);
  frame.set(payload, head);
  return frame;
}
