/** What the live notebook takes from where it runs, unless a test gives it something else. */
import type { NotebookId } from '../../server/protocol/ids.ts';
import { COLORS } from './colours.ts';
import type { SocketLike, Timer, Wake } from './connection.ts';

/** The colour that a person has where nobody else has it. */
export function colorOf(person: string): number {
  let sum = 0;
  for (const letter of person) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % COLORS;
}

export const systemTimer: Timer = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

/** Of a notebook's live socket, on the server that the page came from. */
export function liveAddress(page: Pick<Location, 'protocol' | 'host'>, id: NotebookId): string {
  return `${page.protocol === 'https:' ? 'wss:' : 'ws:'}//${page.host}/api/v1/notebooks/${id}/live`;
}

/** The browser's own socket, by the members that are used of it. */
export function browserSocket(address: string): SocketLike {
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  const used: SocketLike = {
    binaryType: 'arraybuffer',
    onopen: null,
    onmessage: null,
    onclose: null,
    onerror: null,
    send: (data) => socket.send(data),
    close: (code, reason) => socket.close(code, reason),
  };
  socket.onopen = () => used.onopen?.();
  socket.onmessage = ({ data }) => used.onmessage?.({ data });
  socket.onclose = ({ code, reason }) => used.onclose?.({ code, reason });
  socket.onerror = () => used.onerror?.();
  return used;
}

/** When a new try is likely to succeed, or wanted: online again, looked at again, written in. */
export function browserWakes(wake: Wake): () => void {
  if (typeof window === 'undefined') return () => {};
  const visible = () => {
    if (document.visibilityState === 'visible') wake();
  };
  const back = () => wake();
  const touched = () => wake('touched');
  window.addEventListener('online', back);
  window.addEventListener('focus', back);
  window.addEventListener('keydown', touched, { capture: true, passive: true });
  document.addEventListener('visibilitychange', visible);
  return () => {
    window.removeEventListener('online', back);
    window.removeEventListener('focus', back);
    window.removeEventListener('keydown', touched, { capture: true });
    document.removeEventListener('visibilitychange', visible);
  };
}

export const browserSees = (): boolean => typeof document !== 'undefined' && document.visibilityState === 'visible';
