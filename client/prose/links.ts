/**
 * Where links and pictures may lead. Links: the web, mail, and places of this page. Pictures: written into the text, or
 * files of this server; a picture elsewhere would tell its server who reads, so it shows as a link.
 */
import type { MarkdownIt } from 'markdown-it';
import type { Held, HeldPictures } from './pictures.ts';

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const WEB = /^(https?|mailto):/i;
const PICTURE = /^data:image\/(png|gif|jpeg|webp|avif);base64,/i;
// biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop these from addresses, so `java\tscript:` counts
const DROPPED = /[\u0000-\u0020\u007f]/g;

/** As a browser would read it. */
const bare = (url: string): string => url.replace(DROPPED, '');

export function isLink(url: string): boolean {
  const address = bare(url);
  return WEB.test(address) || PICTURE.test(address) || !SCHEME.test(address);
}

/** The address of a picture that may be loaded; `folder`: of the notebook in the workspace, '' at its top. */
export function pictureAddress(url: string, folder: string): string | undefined {
  const address = bare(url);
  if (PICTURE.test(address)) return address;
  if (SCHEME.test(address) || address.startsWith('//') || address.includes('\\')) return undefined;
  if (address.startsWith('/')) return /^\/api\/v1\/files\//.test(address) ? address : undefined;
  const path = address.replace(/^\.\//, '').replace(/[?#].*$/, '');
  const parts = path.split('/');
  if (!parts.includes('data') || parts.some((part) => part === '..' || part === '')) return undefined;
  return `/api/v1/files/${[...folder.split('/').filter(Boolean), ...parts].map((part) => encodeURIComponent(decode(part))).join('/')}`;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function links(markdown: MarkdownIt): void {
  markdown.validateLink = isLink;
  markdown.renderer.rules.link_open = (tokens, index, options, _env, self) => {
    const token = tokens[index]!;
    const href = bare(String(token.attrGet('href') ?? ''));
    if (WEB.test(href) || href.startsWith('//')) token.attrSet('target', '_blank');
    token.attrSet('rel', 'noopener noreferrer');
    return self.renderToken(tokens, index, options);
  };
  markdown.renderer.rules.image = (tokens, index, options, env, self) => {
    const token = tokens[index]!;
    const alt = self.renderInlineAsText(token.children ?? [], options, env);
    const src = String(token.attrGet('src') ?? '');
    const { escapeHtml } = markdown.utils;
    const held = PICTURE.test(bare(src)) ? undefined : heldIn(env)?.find(src);
    if (held) return heldHtml(held, alt, escapeHtml);
    const address = pictureAddress(src, folderOf(env));
    if (address) return `<img src="${escapeHtml(address)}" alt="${escapeHtml(alt)}" loading="lazy">`;
    const label = escapeHtml(alt || src);
    if (!WEB.test(bare(src))) return label;
    return `<a href="${escapeHtml(src)}" target="_blank" rel="noopener noreferrer">${label}</a>`;
  };
}

function heldHtml(held: Held, alt: string, inHtml: (text: string) => string): string {
  switch (held.is) {
    case 'picture':
      return `<img src="${inHtml(held.address)}" alt="${inHtml(alt)}">`;
    case 'vector':
      return `<span data-vector="${inHtml(held.name)}" role="img" aria-label="${inHtml(alt)}"></span>`;
    case 'missing':
      return `<span class="picture-missing">${inHtml(held.text)}</span>`;
  }
}

/** What a renderer is told beside the text. */
export type ProseEnv = { readonly folder: string; readonly held?: HeldPictures | undefined };

const heldIn = (env: unknown): HeldPictures | undefined =>
  typeof env === 'object' && env !== null && 'held' in env ? (env as ProseEnv).held : undefined;

const folderOf = (env: unknown): string =>
  typeof env === 'object' && env !== null && 'folder' in env && typeof env.folder === 'string' ? env.folder : '';
