/**
 * Records of a notebook's manifest, `results.log`: what each result is and where its rows lie. A result is `kept` once;
 * `dropped` takes its rows and leaves the record ("run again"); `forgotten` takes the record too. Payloads are JSON, but
 * for a tiny block, whose bytes follow the JSON: most runs show a few rows, and so cost one sync instead of two.
 *
 *   type 1 kept        JSON length u32 LE · JSON · the block's bytes if its form is `inline`
 *   type 2 dropped     JSON {ids}
 *   type 3 forgotten   JSON {ids}
 */
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { FOOTER } from '../../interpreters/parquet.ts';
import type { NotebookId, ParagraphId, ResultId, RunId } from '../protocol/ids.ts';
import type { Column } from '../protocol/outputs.ts';
import type { LogRecord } from '../storage/log.ts';
import type { Address } from '../storage/segments.ts';
import type { Linked } from './linked.ts';

/** Blocks up to this size stand in the manifest itself: a dozen rows, little enough to hold for every run of a notebook. */
export const INLINE_BYTES = 2048;

export type Form =
  | { readonly kind: 'inline'; readonly block: Uint8Array }
  | { readonly kind: 'block'; readonly address: Address }
  /** A file of this name in the notebook's `results/`. */
  | { readonly kind: 'file'; readonly name: string }
  /** A Parquet file of this name there, which may have others elsewhere. */
  | { readonly kind: 'linked'; readonly name: string; readonly linked: Linked }
  | { readonly kind: 'dropped' };

export type Entry = {
  readonly id: ResultId;
  readonly notebook: NotebookId;
  readonly paragraph: ParagraphId;
  readonly run: RunId;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly columns: readonly Column[];
  readonly rows: number;
  /** What it takes on disk; 0 once dropped, and as long as a linked file has another name. */
  readonly bytes: number;
  readonly form: Form;
};

export type ManifestRecord =
  | { readonly type: 'kept'; readonly entry: Entry }
  | { readonly type: 'dropped'; readonly ids: readonly ResultId[] }
  | { readonly type: 'forgotten'; readonly ids: readonly ResultId[] };

const TYPE = { kept: 1, dropped: 2, forgotten: 3 } as const;

const Id = Type.String({ pattern: '^[a-z0-9-]{1,32}$' });
const Count = Type.Integer({ minimum: 0 });
const Kept = Type.Object({
  id: Id,
  paragraph: Id,
  run: Id,
  at: Count,
  columns: Type.Array(Type.Object({ name: Type.String(), type: Type.String() })),
  rows: Count,
  bytes: Count,
  form: Type.Union([
    Type.Object({ kind: Type.Literal('inline') }),
    Type.Object({
      kind: Type.Literal('block'),
      address: Type.Object({ segment: Count, offset: Count, length: Count }),
    }),
    Type.Object({ kind: Type.Literal('file'), name: Type.String({ pattern: '^[a-z0-9-]{1,32}\\.duckdb$' }) }),
    Type.Object({
      kind: Type.Literal('linked'),
      name: Type.String({ pattern: '^[a-z0-9-]{1,32}\\.parquet$' }),
      linked: Type.Object({ size: Count, footer: Type.RegExp(FOOTER), changed: Type.Number() }),
    }),
    Type.Object({ kind: Type.Literal('dropped') }),
  ]),
});
const Ids = Type.Object({ ids: Type.Array(Id) });

export function encodeRecord(record: ManifestRecord): LogRecord {
  if (record.type !== 'kept')
    return { type: TYPE[record.type], payload: Buffer.from(JSON.stringify({ ids: record.ids })) };
  const { notebook: _, form, ...rest } = record.entry;
  const block = form.kind === 'inline' ? form.block : new Uint8Array(0);
  const kept: Static<typeof Kept> = {
    ...rest,
    columns: [...rest.columns],
    form: form.kind === 'inline' ? { kind: 'inline' } : form,
  };
  const json = Buffer.from(JSON.stringify(kept));
  const length = Buffer.allocUnsafe(4);
  length.writeUInt32LE(json.length, 0);
  return { type: TYPE.kept, payload: Buffer.concat([length, json, block]) };
}

/** Undefined for what is no record of ours: a newer version's, or one that does not parse. */
export function decodeRecord(notebook: NotebookId, { type, payload }: LogRecord): ManifestRecord | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  try {
    if (type === TYPE.kept) {
      const end = 4 + bytes.readUInt32LE(0);
      const { form, ...rest } = Value.Parse(Kept, JSON.parse(bytes.toString('utf8', 4, end)));
      const whole = form.kind === 'inline' ? { kind: form.kind, block: new Uint8Array(bytes.subarray(end)) } : form;
      const ids = { id: rest.id as ResultId, paragraph: rest.paragraph as ParagraphId, run: rest.run as RunId };
      return { type: 'kept', entry: { ...rest, ...ids, notebook, form: whole } };
    }
    if (type !== TYPE.dropped && type !== TYPE.forgotten) return undefined;
    const { ids } = Value.Parse(Ids, JSON.parse(bytes.toString('utf8')));
    return { type: type === TYPE.dropped ? 'dropped' : 'forgotten', ids: ids as ResultId[] };
  } catch {
    return undefined;
  }
}

/** The name of its file in `results/`. */
export const fileOf = ({ form }: Entry): string | undefined =>
  form.kind === 'file' || form.kind === 'linked' ? form.name : undefined;

/** What its rows take where they lie, whoever else has them. */
export const sizeOf = ({ form, bytes }: Entry): number => (form.kind === 'linked' ? form.linked.size : bytes);

/** Folds a record into the entries, oldest first. */
export function foldRecord(entries: Map<ResultId, Entry>, record: ManifestRecord): void {
  switch (record.type) {
    case 'kept':
      entries.set(record.entry.id, record.entry);
      return;
    case 'dropped':
      for (const id of record.ids) {
        const entry = entries.get(id);
        if (entry) entries.set(id, { ...entry, bytes: 0, form: { kind: 'dropped' } });
      }
      return;
    case 'forgotten':
      for (const id of record.ids) entries.delete(id);
  }
}
