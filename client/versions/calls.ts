/** The API's calls about versions; answers are parsed here. */
import type { Json, Options, Paragraph } from '../../server/protocol/document.ts';
import type { FrontForms } from '../../server/protocol/forms/list.ts';
import { type NotebookId, type ParagraphId, parseId, type VersionId } from '../../server/protocol/ids.ts';
import type { Moment, Reason, Touch } from '../../server/protocol/versions/version.ts';
import { type Answer, call, json, record, string, time } from '../api.ts';

export type ListedVersion = {
  readonly id: VersionId;
  readonly at: number;
  readonly reason: Reason;
  readonly name: string | undefined;
  readonly by: string | undefined;
  readonly people: readonly string[];
};
export type Listed = {
  readonly items: readonly ListedVersion[];
  readonly since: { readonly people: readonly string[]; readonly at: number } | undefined;
};
export type WholeVersion = ListedVersion & {
  readonly moment: Moment;
  /** Who changed what since, last. */
  readonly since: ReadonlyMap<ParagraphId, Touch>;
};

const pathOf = (notebook: NotebookId, version?: VersionId): string =>
  `/notebooks/${notebook}/versions${version === undefined ? '' : `/${version}`}`;

export const listVersions = (notebook: NotebookId): Promise<Answer<Listed>> =>
  call(pathOf(notebook), {}, (value) => {
    const { items, since } = record(value);
    if (!Array.isArray(items)) return undefined;
    const { people, at } = record(since);
    const from = time(at);
    return {
      items: items.flatMap((item) => parseListed(item) ?? []),
      since: from === undefined ? undefined : { people: names(people), at: from },
    };
  });

export const readVersion = (notebook: NotebookId, version: VersionId): Promise<Answer<WholeVersion>> =>
  call(pathOf(notebook, version), {}, parseWhole);

/** Without a name: the automatic one before a restore. */
export const keepVersion = (notebook: NotebookId, name?: string): Promise<Answer<WholeVersion>> =>
  call(pathOf(notebook), json('POST', name === undefined ? {} : { name }), parseWhole);

export const nameVersion = (notebook: NotebookId, version: VersionId, name: string): Promise<Answer<true>> =>
  call(pathOf(notebook, version), json('PATCH', { name }), () => true);

export const unnameVersion = (notebook: NotebookId, version: VersionId): Promise<Answer<true>> =>
  call(`${pathOf(notebook, version)}/name`, { method: 'DELETE' }, () => true);

export const versionFile = (notebook: NotebookId, version: VersionId): string =>
  `/api/v1${pathOf(notebook, version)}/text`;

const REASONS: readonly Reason[] = ['asked', 'daily', 'restore', 'outside'];

function parseListed(value: unknown): ListedVersion | undefined {
  const { id, at, reason, name, by, people } = record(value);
  const parsed = parseId<VersionId>(id);
  const made = time(at);
  if (!parsed || made === undefined) return undefined;
  return {
    id: parsed,
    at: made,
    reason: REASONS.find((one) => one === reason) ?? 'daily',
    name: string(name),
    by: string(by),
    people: names(people),
  };
}

function parseWhole(value: unknown): WholeVersion | undefined {
  const listed = parseListed(value);
  const { text, title, front, forms, report, annotations, since } = record(value);
  if (!listed || !Array.isArray(text) || !Array.isArray(since)) return undefined;
  const paragraphs: Paragraph[] = [];
  for (const one of text) {
    const { id, interpreter, name, source, options } = record(one);
    const parsed = parseId<ParagraphId>(id);
    if (!parsed || typeof interpreter !== 'string' || typeof source !== 'string') return undefined;
    const named = string(name);
    paragraphs.push({
      id: parsed,
      interpreter,
      source,
      options: parseOptions(options),
      ...(named === undefined ? {} : { name: named }),
    });
  }
  const moment: Moment = {
    paragraphs,
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof front === 'string' ? { front } : {}),
    ...(Array.isArray(forms) ? { forms: forms.flatMap(parseForm) } : {}),
    ...(Array.isArray(report) ? { report: report.flatMap(parseForm) } : {}),
    ...(Array.isArray(annotations) ? { annotations: annotations.flatMap(parseForm) } : {}),
  };
  return { ...listed, moment, since: new Map(since.flatMap(parseTouch)) };
}

function parseForm(value: unknown): FrontForms {
  const [name, form] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  return typeof name === 'string' && form !== undefined ? [[name, form as Json]] : [];
}

function parseTouch(value: unknown): (readonly [ParagraphId, Touch])[] {
  const { id, by, at } = record(value);
  const parsed = parseId<ParagraphId>(id);
  return parsed && typeof by === 'string' && typeof at === 'number' ? [[parsed, { by, at }]] : [];
}

/** JSON as it came. */
const parseOptions = (value: unknown): Options => record(value) as Readonly<Record<string, Json>>;

const names = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === 'string') : [];
