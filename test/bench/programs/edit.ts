/** Makes a notebook's history long: `count` single-character edits over its paragraphs, as one person typing would. */
import { once } from 'node:events';
import { createDecoder, readVarUint, readVarUint8Array } from 'lib0/decoding';
import { createEncoder, toUint8Array, writeVarUint, writeVarUint8Array } from 'lib0/encoding';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { orderOf, sourceOf } from '../../../server/protocol/document.ts';
import { FRAME, SYNC } from '../../../server/protocol/messages.ts';
import type { ServerProcess } from '../../support/server.ts';

/** Unacknowledged edits in flight: a fast typist's socket, not a flood. */
const WINDOW = 2_000;

function frame(step: number, bytes: Uint8Array): Uint8Array {
  const encoder = createEncoder();
  writeVarUint(encoder, FRAME.sync);
  writeVarUint(encoder, step);
  writeVarUint8Array(encoder, bytes);
  return toUint8Array(encoder);
}

export async function edit(server: ServerProcess, notebook: string, count: number): Promise<void> {
  const doc = new Y.Doc();
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/api/v1/notebooks/${notebook}/live`, {
    headers: { authorization: `Bearer ${server.token}`, origin: server.origin },
  });
  let acknowledged = 0;
  let sent = 0;
  let wake = (): void => undefined;
  const synced = new Promise<void>((resolve) => {
    socket.on('message', (data: Buffer) => {
      const decoder = createDecoder(new Uint8Array(data));
      const kind = readVarUint(decoder);
      if (kind === FRAME.acknowledge) {
        acknowledged = readVarUint(decoder);
        wake();
      }
      if (kind !== FRAME.sync) return;
      const step = readVarUint(decoder);
      const bytes = readVarUint8Array(decoder);
      if (step === SYNC.step1) return;
      Y.applyUpdate(doc, bytes, 'server');
      if (step === SYNC.step2) resolve();
    });
  });
  await once(socket, 'open');
  const hello = { type: 'hello', protocol: 1, person: { id: 'bench', name: 'Bench' }, client: doc.clientID };
  socket.send(Buffer.concat([Buffer.from([FRAME.control]), Buffer.from(JSON.stringify(hello))]));
  socket.send(frame(SYNC.step1, Y.encodeStateVector(doc)));
  await synced;
  doc.on('update', (update: Uint8Array, origin: unknown) => {
    if (origin === 'server') return;
    sent += 1;
    socket.send(frame(SYNC.update, update));
  });
  const order = orderOf(doc);
  for (let index = 0; index < count; index += 1) {
    const source = sourceOf(doc, order[(index * 7919) % order.length]!)!;
    if (index % 4 === 3) source.delete(source.length - 1, 1);
    else source.insert(source.length, 'x');
    while (sent - acknowledged > WINDOW)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
  while (acknowledged < sent)
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  socket.close();
}
