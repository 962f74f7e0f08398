/**
 * One frame: an iframe of opaque origin that shows what people or programs wrote. It is handed a port when it has loaded,
 * and one order; nothing else of the page is in its reach. What comes back is parsed, paced and bounded; a frame that
 * goes elsewhere, floods or does not answer is ended.
 */
import { frame as address } from 'virtual:frame';
import { type Answer, type Order, type Picture, parseAnswer, type Theme } from '../../frame/messages.ts';
import { framed } from '../../standing.ts';

/** Longer than the frame itself gives a chart: here only what its process did not survive ends up. */
const ANSWER_MS = 30_000;
/** An honest frame tells its height as it changes, and that its chart stands. */
const MOST_ANSWERS = 500;
const PER_MS = 1000;

export type Ended = 'stuck' | 'left' | 'flood';

export type Frame = {
  readonly element: HTMLIFrameElement;
  wear(theme: Theme): void;
  ask(format: Picture): void;
  leave(): void;
  ping(): void;
  close(): void;
};

export type FrameOptions = {
  readonly label: string;
  readonly order: Order & { readonly type: 'html' | 'chart' };
  /** It has its order. */
  readonly onLoad: () => void;
  readonly onAnswer: (answer: Answer) => void;
  readonly onEnd: (why: Ended) => void;
};

export function openFrame(host: HTMLElement, { label, order, onLoad, onAnswer, onEnd }: FrameOptions): Frame {
  const element = document.createElement('iframe');
  element.setAttribute('sandbox', 'allow-scripts');
  element.title = label;
  element.src = framed(address);
  const { port1: port, port2 } = new MessageChannel();
  let loaded = false;
  let ended = false;
  let count = 0;
  let since = performance.now();
  let timer: ReturnType<typeof setTimeout> | undefined = setTimeout(() => end('stuck'), ANSWER_MS);

  function close(): void {
    ended = true;
    clearTimeout(timer);
    port.close();
    element.remove();
  }

  function end(why: Ended): void {
    if (ended) return;
    close();
    onEnd(why);
  }

  element.addEventListener('load', () => {
    if (loaded) return end('left');
    loaded = true;
    // The origin is opaque, so it has no name; what loads there is ours alone, by the page's policy.
    element.contentWindow?.postMessage(null, '*', [port2]);
    port.postMessage(order, order.type === 'chart' ? order.tables.map(({ arrow }) => arrow) : []);
    onLoad();
  });
  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (ended) return;
    const now = performance.now();
    if (now - since > PER_MS) {
      since = now;
      count = 0;
    }
    count += 1;
    if (count > MOST_ANSWERS) return end('flood');
    const answer = parseAnswer(data);
    if (!answer) return;
    const isShown = order.type === 'html' && answer.type === 'height';
    if (answer.type === 'drawn' || answer.type === 'failed' || isShown) {
      clearTimeout(timer);
      timer = undefined;
    }
    onAnswer(answer);
  };
  host.append(element);
  return {
    element,
    wear: (theme) => port.postMessage({ type: 'theme', theme } satisfies Order),
    ask: (format) => port.postMessage({ type: 'picture', format } satisfies Order),
    leave: () => port.postMessage({ type: 'leave' } satisfies Order),
    ping: () => port.postMessage({ type: 'ping' } satisfies Order),
    close,
  };
}
