/** Rows of the browser's database, parsed: another version of the page may have written them. */
import type { Options } from '../../server/protocol/document.ts';
import {
  type DraftId,
  type Epoch,
  type NotebookId,
  type PageId,
  type ParagraphId,
  type PersonId,
  parseId,
} from '../../server/protocol/ids.ts';
import { roleOf } from '../../server/protocol/roles.ts';
import { DRAFT_WHYS, type Draft, type DraftPart, type Kept } from './contract.ts';

export function parseKept(value: unknown): Kept | undefined {
  const row = record(value);
  const scope = parseScope(row);
  const page = parseId<PageId>(row.page);
  const role = roleOf(row.role);
  const { number, edits, at, touched, path } = row;
  if (!scope || !page || !role || !isCount(number) || !isCount(edits) || typeof at !== 'number') return undefined;
  return {
    ...scope,
    page,
    number,
    edits,
    at,
    role,
    path: typeof path === 'string' ? path : '',
    touched: Array.isArray(touched) ? touched.filter((one) => typeof one === 'string') : [],
  };
}

export function parseUpdate(value: unknown): Uint8Array | undefined {
  const { update } = record(value);
  return update instanceof Uint8Array ? update : undefined;
}

export function parseDraft(value: unknown): Draft | undefined {
  const row = record(value);
  const scope = parseScope(row);
  const id = parseId<DraftId>(row.id);
  const why = DRAFT_WHYS.find((one) => one === row.why);
  const { at, title, parts } = row;
  if (!scope || !id || !why || typeof at !== 'number' || !Array.isArray(parts)) return undefined;
  return { ...scope, id, why, at, ...(typeof title === 'string' ? { title } : {}), parts: parts.flatMap(parsePart) };
}

function parsePart(value: unknown): DraftPart[] {
  const { paragraph, interpreter, name, source, options } = record(value);
  const id = parseId<ParagraphId>(paragraph);
  if (!id || typeof interpreter !== 'string' || typeof source !== 'string') return [];
  return [
    {
      paragraph: id,
      interpreter,
      source,
      options: record(options) as Options,
      ...(typeof name === 'string' ? { name } : {}),
    },
  ];
}

function parseScope(row: Record<string, unknown>) {
  const person = parseId<PersonId>(row.person);
  const notebook = parseId<NotebookId>(row.notebook);
  const epoch = parseId<Epoch>(row.epoch);
  return person && notebook && epoch ? { person, notebook, epoch } : undefined;
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const record = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
