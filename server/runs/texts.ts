/**
 * Long texts of run records: a source or an output past some length lies in a segment file and the record names it by
 * address. Addresses are counted, as runs of one unchanged source share theirs; one that nothing names any more goes.
 */
import { AppError } from '../errors.ts';
import { contentOf, isLong, type LongOutput, withContent, withoutBlock, withTables } from '../protocol/content.ts';
import type { ParagraphId, ResultId, RunId } from '../protocol/ids.ts';
import type { ErrorOutput, Output } from '../protocol/outputs.ts';
import type { EndedPhase, Run, RunEvent } from '../protocol/runs.ts';
import type { Address, Segments } from '../storage/segments.ts';
import type { StoredEvent, StoredLongOutput, StoredOutput, StoredRun, StoredText } from './stored.ts';

/** Texts up to this many characters stand in the record: most sources and outputs are shorter, and cost no second sync. */
const INLINE_CHARACTERS = 4096;

/** What runs add to their records. */
export type Added =
  | Exclude<RunEvent, { readonly type: 'progress' | 'ended' }>
  | {
      readonly type: 'ended';
      readonly id: RunId;
      readonly phase: EndedPhase;
      readonly outputs: readonly Output[];
      readonly named?: ResultId;
      readonly fingerprint?: string;
    }
  | { readonly type: 'cleared' };

export interface Texts {
  /** As it is stored; what is long is durable in a segment when it resolves. */
  store(event: Added): Promise<StoredEvent>;
  read(run: StoredRun): Promise<Run>;
  hold(addresses: readonly Address[]): void;
  /** Those that nothing names any more. */
  release(addresses: readonly Address[]): readonly Address[];
}

const encoder = new TextEncoder();
export const keyOf = (address: Address): string => `${address.segment}:${address.offset}`;

export function openTexts(segments: Pick<Segments, 'write' | 'read'>, warn: (what: string) => void): Texts {
  const references = new Map<string, number>();
  /** The last long source of a paragraph: the next run has it again, more often than not. */
  const sources = new Map<ParagraphId, { readonly source: string; readonly address: Address }>();

  async function storeText(text: string): Promise<StoredText> {
    return text.length <= INLINE_CHARACTERS ? text : segments.write(encoder.encode(text));
  }

  async function storeSource(paragraph: ParagraphId, source: string): Promise<StoredText> {
    const before = sources.get(paragraph);
    if (before?.source === source && references.has(keyOf(before.address))) return before.address;
    const stored = await storeText(source);
    if (typeof stored !== 'string') sources.set(paragraph, { source, address: stored });
    return stored;
  }

  async function storeOutput(output: Output): Promise<StoredOutput> {
    return isLong(output) ? inPieces(output, await storeText(contentOf(output))) : withTables(output, withoutBlock);
  }

  /** Undefined where it is damaged: one text must not hide the other runs. */
  async function readPiece(stored: StoredText): Promise<string | undefined> {
    if (typeof stored === 'string') return stored;
    try {
      return new TextDecoder().decode(await segments.read(stored));
    } catch (error) {
      warn(`a text of a run could not be read (segment ${stored.segment}, ${stored.offset}): ${String(error)}`);
      return undefined;
    }
  }

  /** What is damaged says so where it would stand. */
  async function readText(stored: StoredText): Promise<string> {
    const bytes = typeof stored === 'string' ? 0 : stored.length;
    return (await readPiece(stored)) ?? `[${bytes} bytes of this text are damaged on the server’s disk]`;
  }

  async function readOutput(output: StoredOutput): Promise<Output> {
    if (!('pieces' in output)) return output;
    const { pieces, ...rest } = output;
    if (rest.kind === 'text') return withContent(rest, (await Promise.all(pieces.map(readText))).join(''));
    const parts = await Promise.all(pieces.map(readPiece));
    return parts.includes(undefined) ? damaged() : withContent(rest, parts.join(''));
  }

  return {
    async store(event) {
      switch (event.type) {
        case 'queued':
        case 'retaken':
          return { ...event, run: { ...event.run, source: await storeSource(event.run.paragraph, event.run.source) } };
        case 'output':
          return { ...event, output: await storeOutput(event.output) };
        case 'text':
          return { ...event, text: await storeText(event.text) };
        case 'ended':
          return { ...event, outputs: await Promise.all(event.outputs.map(storeOutput)) };
        default:
          return event;
      }
    },
    async read({ source, outputs, fingerprint: _, ...run }) {
      return { ...run, source: await readText(source), outputs: await Promise.all(outputs.map(readOutput)) };
    },
    hold(addresses) {
      for (const address of addresses) references.set(keyOf(address), (references.get(keyOf(address)) ?? 0) + 1);
    },
    release(addresses) {
      return addresses.filter((address) => {
        const left = (references.get(keyOf(address)) ?? 0) - 1;
        if (left > 0) references.set(keyOf(address), left);
        else references.delete(keyOf(address));
        return left <= 0;
      });
    },
  };
}

/** As stored, with all texts in the record: what memory holds until the disk takes writes again. */
export function inline(event: Added): StoredEvent {
  const plain = (output: Output): StoredOutput =>
    isLong(output) ? inPieces(output, contentOf(output)) : withTables(output, withoutBlock);
  if (event.type === 'output') return { ...event, output: plain(event.output) };
  return event.type === 'ended' ? { ...event, outputs: event.outputs.map(plain) } : event;
}

/** Half a picture or a chart is none. */
function damaged(): ErrorOutput {
  const { code, message, hint } = new AppError('result-unreadable', 'this output');
  return { kind: 'error', code, message, hint };
}

/** The field of the content stays, empty: what reads a record finds an output of its kind. */
const inPieces = (output: LongOutput, piece: StoredText): StoredLongOutput => ({
  ...withTables(withContent(output, ''), withoutBlock),
  pieces: [piece],
});
