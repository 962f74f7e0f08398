/** Bytes on a real connection: heads and bodies of requests, and what follows the handshake of a socket, with wounds. */
import { once } from 'node:events';
import { LIMITS } from '../../../server/http/limits.ts';
import { type Listening, listen } from '../http/listening.ts';
import { NOTEBOOK, TOKEN } from '../http/support.ts';
import { mutateBytes, oneOf, type Random, upTo } from './mutate.ts';
import type { Target } from './target.ts';

/** A client's frame of RFC 6455, masked by zeros. */
function webSocketFrame(random: Random): Uint8Array {
  const payload = Uint8Array.from({ length: upTo(random, 130) }, () => upTo(random, 256));
  const opcode = oneOf(random, [0, 1, 2, 2, 2, 3, 8, 9, 10, 15]);
  const first = opcode | (random() < 0.8 ? 0x80 : 0) | (random() < 0.1 ? 0x70 : 0);
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 255];
  return Uint8Array.of(first, ...length, 0, 0, 0, 0, ...payload);
}

export async function openWires(kind: 'requests' | 'sockets', random: Random): Promise<Target> {
  const quick = { ...LIMITS, headMs: 500, idleMs: 500, graceMs: 500, checkMs: 100 };
  let here: Listening = await listen(quick);
  const common = (): string => `host: ${here.host}\r\nauthorization: Bearer ${TOKEN}\r\n`;
  const requests = (): readonly string[] => [
    `GET /api/v1/notebooks HTTP/1.1\r\n${common()}\r\n`,
    `POST /api/v1/notebooks HTTP/1.1\r\n${common()}content-type: application/json\r\ncontent-length: 13\r\n\r\n{"title":"x"}`,
    `PUT /api/v1/files/data/x.csv HTTP/1.1\r\n${common()}transfer-encoding: chunked\r\ncontent-type: text/csv\r\n\r\n4\r\na,b\n\r\n0\r\n\r\n`,
    `GET /assets/main-abc123.js HTTP/1.1\r\n${common()}accept-encoding: br\r\nif-none-match: "x"\r\nrange: bytes=0-1\r\n\r\n`,
    `POST /sign-in HTTP/1.1\r\nhost: ${here.host}\r\norigin: http://${here.host}\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 9\r\n\r\nname=a&b=`,
    `GET /?token=x HTTP/1.1\r\n${common()}cookie: a=b; gondola-1=x\r\naccept-language: ko\r\n\r\n`,
  ];
  const upgrade = (): string =>
    `GET /api/v1/notebooks/${NOTEBOOK}/live HTTP/1.1\r\n${common()}connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`;
  return {
    async attack() {
      const wire = await here.connect();
      if (kind === 'requests') {
        wire.socket.write(mutateBytes(random, Buffer.from(oneOf(random, requests()))));
      } else {
        wire.socket.write(upgrade());
        for (let frames = 1 + upTo(random, 4); frames > 0; frames -= 1)
          wire.socket.write(mutateBytes(random, webSocketFrame(random)));
      }
      wire.socket.end();
      await Promise.race([wire.closed, once(wire.socket, 'close')]);
      for (const [, status] of wire.text().matchAll(/HTTP\/1\.1 (\d{3}) /g))
        if (Number(status) >= 500) throw new Error(`it broke: ${wire.text().slice(0, 500)}`);
    },
    async serves() {
      const { status } = await here.ask({ path: '/api/v1/notebooks', headers: { authorization: `Bearer ${TOKEN}` } });
      if (status !== 200) throw new Error(`it does not serve: ${status}`);
    },
    async renew() {
      await here.close();
      here = await listen(quick);
    },
    problems: () => here.harness.logged.filter((line) => line.includes('request failed')),
    close: () => here.close(),
  };
}
