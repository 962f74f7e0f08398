/**
 * The one script that runs in a frame's document: shows HTML that code wrote, or a chart that a worker draws. The frame
 * has an opaque origin and a policy that lets nothing else run and nothing be fetched (`server/access/web.ts`); this
 * script takes orders from the page alone, through the port of the page's first message.
 */
import { type Chart, openChart } from './chart.ts';
import { type Html, openHtml } from './html.ts';
import type { Answer, Order, Theme } from './messages.ts';

const host = document.querySelector('main')!;
let html: Html | undefined;
let chart: Chart | undefined;
let hasFont = false;

function open(port: MessagePort): void {
  const tell = (answer: Answer): void => port.postMessage(answer, answer.type === 'picture' ? [answer.bytes] : []);
  port.onmessage = ({ data }: MessageEvent<Order>) => obey(data, tell);
  let last = -1;
  const measure = (): void => {
    const height = Math.ceil(Math.max(host.scrollHeight, host.getBoundingClientRect().height));
    if (height === last) return;
    last = height;
    tell({ type: 'height', height });
  };
  new ResizeObserver(measure).observe(host);
  // What overflows its box changes no size.
  addEventListener('load', measure, true);
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') tell({ type: 'escape' });
  });
}

function obey(order: Order, tell: (answer: Answer) => void): void {
  switch (order.type) {
    case 'html':
      wear(order.theme);
      html = openHtml(host, order.html, tell);
      return;
    case 'chart':
      wear(order.theme);
      chart = openChart(host, order, tell);
      return;
    case 'theme':
      wear(order.theme);
      chart?.wear(order.theme);
      return;
    case 'picture':
      chart?.picture(order.format);
      html?.picture();
  }
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
