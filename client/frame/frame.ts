/**
 * The one script that runs in a frame's document: shows HTML that code wrote, or a chart that a worker draws. The frame
 * has an opaque origin and a policy that lets nothing else run and nothing be fetched (`server/access/web.ts`); this
 * script takes orders from the page alone, through the port of the page's first message.
 */
import { type Chart, openChart } from './chart.ts';
import { showHtml } from './html.ts';
import type { Answer, Order, Theme } from './messages.ts';

const host = document.querySelector('main')!;
let chart: Chart | undefined;
let hasFont = false;

function open(port: MessagePort): void {
  const tell = (answer: Answer): void => port.postMessage(answer, answer.type === 'picture' ? [answer.bytes] : []);
  port.onmessage = ({ data }: MessageEvent<Order>) => obey(data, tell);
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') tell({ type: 'escape' });
  });
}

function obey(order: Order, tell: (answer: Answer) => void): void {
  switch (order.type) {
    case 'html':
      wear(order.theme);
      if (showHtml(host, order.html, tell)) measure(tell)();
      return;
    case 'chart': {
      wear(order.theme);
      const look = measure(tell);
      chart = openChart(host, order, (answer) => {
        if (answer.type === 'drawn') look();
        tell(answer);
      });
      return;
    }
    case 'theme':
      wear(order.theme);
      chart?.wear(order.theme);
      return;
    case 'leave':
      chart?.leave();
      return;
    case 'ping':
      tell({ type: 'pong' });
      return;
    case 'picture':
      chart?.picture(order.format);
  }
}

/** Tells the height of what is shown when it changes, and when asked: a frame out of sight is told of no change. */
function measure(tell: (answer: Answer) => void): () => void {
  let last = -1;
  const look = (): void => {
    const height = Math.ceil(Math.max(host.scrollHeight, host.getBoundingClientRect().height));
    if (height === last) return;
    last = height;
    tell({ type: 'height', height });
  };
  new ResizeObserver(look).observe(host);
  // A picture that is decoded inside a box of its own changes no size of the whole.
  addEventListener('load', look, true);
  return look;
}

function wear({ dark, tokens, font }: Theme): void {
  const { style } = document.documentElement;
  style.colorScheme = dark ? 'dark' : 'light';
  for (const [name, value] of Object.entries(tokens)) style.setProperty(`--${name}`, value);
  if (!font || hasFont) return;
  hasFont = true;
  document.fonts.add(new FontFace('Inter', font, { weight: '100 900' }));
}

addEventListener(
  'message',
  ({ source, ports }) => {
    const port = ports[0];
    if (source === parent && port) open(port);
  },
  { once: true },
);
