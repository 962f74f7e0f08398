/**
 * A report as one HTML file: the script that draws it, its style and what it holds, all inside, under a policy that lets
 * nothing else run and nothing be fetched. What people and programs wrote stands in it as JSON text, which no browser takes
 * for markup; the script shows it as the page would, HTML and charts of their own in frames without an origin.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReportFile } from '../protocol/report/file.ts';
import { openPictureNames } from './names.ts';
import { openTurns, type Turns } from './turns.ts';

export type ReportPages = {
  /** Rejects where the page is not built. */
  page(report: ReportFile): Promise<string>;
  /** Of the scripts that may run in it. */
  hashes(): Promise<readonly string[]>;
  readonly turns: Turns;
  /** Of pictures of `data/` that a text shows. */
  readonly pictureNames: (text: string) => readonly string[];
};

type Parts = {
  readonly script: string;
  readonly style: string;
  /** Draws charts that people and programs wrote: large, and only where there is one. */
  readonly painter: string;
  /** Draws charts of the builder, and land under their points: each only where there is one. */
  readonly drawing: string;
  readonly land: string;
  /** Of scripts that may run: the file's, and that of its frames. */
  readonly hashes: readonly string[];
};

/** `folder`: where the built parts lie, `dist/report`. */
export function openReportPages(folder: string): ReportPages {
  let parts: Promise<Parts> | undefined;
  function read(): Promise<Parts> {
    parts ??= readParts(folder).catch((cause: unknown) => {
      parts = undefined;
      throw cause;
    });
    return parts;
  }
  return {
    page: async (report) => htmlOf(report, await read()),
    hashes: async () => (await read()).hashes,
    turns: openTurns(),
    pictureNames: openPictureNames(),
  };
}

async function readParts(folder: string): Promise<Parts> {
  const [script = '', drawing = '', style = '', frame = '', painter = '', land = ''] = await Promise.all(
    ['report.js', 'drawing.js', 'report.css', 'frame.html', 'painter.js', 'land.json'].map((name) =>
      readFile(join(folder, name), 'utf8'),
    ),
  );
  const inFrame = [...frame.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text = '']) => text);
  const own = [script, drawing].map((text) => text.replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--'));
  return {
    script: own[0]!,
    drawing: own[1]!,
    style: style.replaceAll('</style', '<\\/style'),
    painter: Buffer.from(painter).toString('base64'),
    land: inScript(JSON.parse(land)),
    hashes: [...own, ...inFrame].map((text) => createHash('sha256').update(text).digest('base64')),
  };
}

/** Frames and the painter are in the file, as addresses of data; nothing here has a host. */
export const filePolicy = (hashes: readonly string[]): string =>
  [
    "default-src 'none'",
    `script-src ${hashes.map((hash) => `'sha256-${hash}'`).join(' ')}`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    'connect-src data:',
    'frame-src data:',
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');

/** Of one that is opened where it comes from, to be printed: it has no origin, and so nothing of that server is its own. */
export const openedHeaders = (policy: string): Readonly<Record<string, string>> => ({
  'content-security-policy': `${policy}; frame-ancestors 'none'; sandbox allow-scripts allow-modals`,
});

function htmlOf(report: ReportFile, { script, style, painter, drawing, land, hashes }: Parts): string {
  const shown = report.paragraphs.flatMap(({ outputs }) => outputs);
  const parts = [
    ...(shown.some(({ kind }) => kind === 'spec')
      ? [`<script type="text/plain" id="painter">${painter}</script>`]
      : []),
    ...(shown.some((one) => one.kind === 'drawing' && one.chart.mark === 'map')
      ? [`<script type="application/json" id="land">${land}</script>`]
      : []),
    ...(shown.some(({ kind }) => kind === 'drawing') ? [`<script>${drawing}</script>`] : []),
    `<script>${script}</script>`,
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${filePolicy(hashes)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="generator" content="Gondola">
<title>${escaped(report.title)}</title>
<style>${style}</style>
</head>
<body>
<div id="root"></div>
<noscript>${NO_SCRIPT}</noscript>
<script type="application/json" id="report">${inScript(report)}</script>
${parts.join('\n')}
</body>
</html>
`;
}

const NO_SCRIPT =
  '<p>This report draws itself with a script, and scripts are switched off here. Nothing in it is loaded from anywhere.</p>';

/** JSON in which no browser can find a tag, a comment or the end of its element. */
export const inScript = (value: unknown): string =>
  JSON.stringify(value).replaceAll(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** Characters that it takes there. */
export const sizeOf = (value: unknown): number => inScript(value).length;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);
