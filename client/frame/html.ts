/**
 * HTML that a program wrote, put into the frame's document. The policy is the wall: no script runs, nothing is fetched.
 * What could only fail against it is taken out first, and so are the few things that no policy speaks of: hints that
 * look up names or open connections, and what takes the focus.
 */
import type { Answer } from './messages.ts';
import { MOST_DRAWN, weightOf } from './weigh.ts';

const REMOVED =
  'script, meta, link, base, iframe, frame, frameset, object, embed, applet, portal, fencedframe, noscript, template, ' +
  'audio, video, source, track';
/** They name something to be fetched or gone to. */
const ADDRESSES = new Set([
  'src',
  'srcset',
  'href',
  'xlink:href',
  'background',
  'poster',
  'data',
  'action',
  'formaction',
  'ping',
  'cite',
  'longdesc',
  'imagesrcset',
  'attributionsrc',
]);
const DROPPED = new Set(['autofocus', 'srcdoc', 'target', 'download', 'http-equiv', 'is']);
/** What lies in the document itself. */
const INSIDE = /^\s*(#|data:image\/|data:font\/)/i;
const LINK = /^\s*(https?:|mailto:)/i;

/** False where it would take for ever to draw. */
export function showHtml(host: HTMLElement, text: string, tell: (answer: Answer) => void): boolean {
  const links = new WeakMap<Element, string>();
  const { head, body } = new DOMParser().parseFromString(text, 'text/html');
  for (const element of [...head.querySelectorAll('*'), ...body.querySelectorAll('*')]) clean(element, links);
  const parser = new DOMParser();
  const read = (svg: string): Document => parser.parseFromString(svg, 'image/svg+xml');
  if (weightOf([head, body], read) > MOST_DRAWN) {
    tell({ type: 'failed', why: 'stuck', message: '' });
    return false;
  }
  // A form or a picture may be called `append`: the methods are taken from where no text can reach.
  const { append } = Element.prototype;
  append.call(host, ...head.querySelectorAll('style'), ...body.childNodes);
  host.className = body.className;
  const style = body.getAttribute('style');
  if (style !== null) host.setAttribute('style', style);
  const follow = (event: Event): void => {
    for (const target of event.composedPath()) {
      const href = target instanceof Element ? links.get(target) : undefined;
      if (href === undefined) continue;
      event.preventDefault();
      tell({ type: 'link', href });
      return;
    }
  };
  host.addEventListener('click', follow);
  host.addEventListener('submit', (event) => event.preventDefault());
  return true;
}

function clean(element: Element, links: WeakMap<Element, string>): void {
  const { getAttributeNames, getAttribute, removeAttribute, setAttribute, matches, remove } = Element.prototype;
  if (matches.call(element, REMOVED)) {
    remove.call(element);
    return;
  }
  const isLink = element instanceof HTMLAnchorElement || element instanceof SVGAElement;
  for (const name of getAttributeNames.call(element)) {
    const lower = name.toLowerCase();
    if (lower.startsWith('on') || DROPPED.has(lower)) removeAttribute.call(element, name);
    if (!ADDRESSES.has(lower)) continue;
    const value = getAttribute.call(element, name) ?? '';
    if (INSIDE.test(value) && !lower.endsWith('srcset')) continue;
    removeAttribute.call(element, name);
    if (!isLink || !LINK.test(value) || lower.startsWith('ping')) continue;
    links.set(element, value.trim());
    setAttribute.call(element, 'href', '#');
    setAttribute.call(element, 'title', value.trim());
  }
}
