/**
 * YAML front matter: found, checked, and its title read and set. Other tools' keys, comments and layout are not ours:
 * setting the title replaces the bytes of that one value, and prints the document anew only where that can't be done.
 */
import { isMap, isScalar, parseDocument, type Scalar, stringify } from 'yaml';
import type { FrontAnnotations } from '../../protocol/annotations.ts';
import type { FrontForms } from '../../protocol/forms/list.ts';
import type { FrontReport } from '../../protocol/report/document.ts';
import { readFrontSection } from './front-sections.ts';
import { type Lines, lineAt } from './lines.ts';

export type Front = {
  /** Between the fences, with `\n`, without the last line end. */
  readonly yaml: string;
  readonly title?: string;
  /** What `forms:` says. */
  readonly forms?: FrontForms;
  /** What `report:` says. */
  readonly report?: FrontReport;
  /** What `annotations:` says. */
  readonly annotations?: FrontAnnotations;
  /** Index of the line behind the closing fence. */
  readonly next: number;
};

export type FrontFailure = { readonly message: string; readonly line: number };

const OPENING = /^\uFEFF?---[ \t]*$/;
const CLOSING = /^(?:---|\.\.\.)[ \t]*$/;

/** Undefined where the text has none: no closing fence, or what stands between is prose and no mapping. */
export function findFront(lines: Lines): Front | FrontFailure | undefined {
  if (!OPENING.test(lineAt(lines, 0))) return undefined;
  let close = 1;
  while (close < lines.starts.length && !CLOSING.test(lineAt(lines, close))) close += 1;
  if (close >= lines.starts.length) return undefined;
  const between = Array.from({ length: close - 1 }, (_, index) => lineAt(lines, index + 1));
  const read = readYaml(between.join('\n'));
  if (read === undefined) return undefined;
  if ('message' in read) return { message: read.message, line: read.line + 1 };
  return { ...read, next: close + 1 };
}

/** Line 1 is the first line of `yaml`. */
function readYaml(yaml: string): Omit<Front, 'next'> | FrontFailure | undefined {
  const document = parseDocument(yaml, { prettyErrors: true, logLevel: 'silent', uniqueKeys: false });
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line ?? 1;
    return { message: `the front matter is not YAML: ${withoutPlace(error.message)}`, line };
  }
  if (document.contents !== null && !isMap(document.contents)) return undefined;
  const title = titleNode(document.contents)?.value;
  const text = typeof title === 'string' ? title : typeof title === 'number' ? String(title) : undefined;
  const forms = readFrontSection(document, 'forms');
  const report = readFrontSection(document, 'report');
  const annotations = readFrontSection(document, 'annotations');
  return {
    yaml,
    ...(text?.trim() ? { title: text } : {}),
    ...(forms ? { forms } : {}),
    ...(report ? { report } : {}),
    ...(annotations ? { annotations } : {}),
  };
}

/** YAML's message names a line of the front matter; the failure has that of the file. */
const withoutPlace = (message: string): string =>
  (message.split('\n')[0] ?? '').replace(/:$/, '').replace(/ at line \d+, column \d+$/, '');

/** Whether a document's `meta.front` may stand in a file: a client can write anything there. */
export function checkFront(yaml: string): { readonly title?: string } | undefined {
  if (yaml.split('\n').some((line) => CLOSING.test(line)) || yaml.includes('\r')) return undefined;
  const read = readYaml(yaml);
  return read === undefined || 'message' in read ? undefined : read;
}

/** The YAML with this title and all else as it was. */
export function setFrontTitle(yaml: string | undefined, title: string): string {
  const value = printTitle(title);
  if (yaml === undefined || yaml.trim() === '') return `title: ${value}`;
  const document = parseDocument(yaml, { logLevel: 'silent', uniqueKeys: false });
  const node = isMap(document.contents) ? titleNode(document.contents) : undefined;
  const range = node?.range;
  const spliced = range
    ? `${yaml.slice(0, range[0])}${yaml[range[0] - 1] === ':' ? ' ' : ''}${value}${/\n$/.test(yaml.slice(range[0], range[1])) ? '\n' : ''}${yaml.slice(range[1])}`
    : `title: ${value}\n${yaml}`;
  if (checkFront(spliced)?.title === title) return spliced;
  document.set('title', title);
  return document.toString({ lineWidth: 0 }).replace(/\n$/, '');
}

function titleNode(contents: unknown): Scalar | undefined {
  if (!isMap(contents)) return undefined;
  const node = contents.get('title', true);
  return isScalar(node) ? node : undefined;
}

const printTitle = (title: string): string =>
  /[\p{Cc}\u2028\u2029]/u.test(title) ? JSON.stringify(title) : stringify(title, { lineWidth: 0 }).trimEnd();
