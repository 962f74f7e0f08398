/**
 * Brings kept edits to where they belong: those of the document's own epoch into the document, those of another into
 * drafts. And what the server will not take: into a draft, so that the notebook can be opened anew.
 */
import * as Y from 'yjs';
import type { Epoch } from '../../server/protocol/ids.ts';
import { DRAFT_WHYS, type KeptEdits } from '../drafts/contract.ts';
import type { Timer } from './connection.ts';
import type { LiveEvent } from './contract.ts';
import type { Keeper } from './keeper.ts';

/** A database that does not answer must not keep a notebook shut. */
const LONGEST_READ_MS = 1_000;

export type BringOptions = {
  readonly keeper: Keeper;
  readonly doc: Y.Doc;
  /** Origin of what is brought. */
  readonly origin: object;
  readonly timer: Timer;
  /** The server's, or that of what was brought first; undefined while neither is known. */
  readonly epoch: () => Epoch | undefined;
  /** Before the server has said anything: this is shown meanwhile. */
  readonly shown: (kept: KeptEdits) => void;
  /** It is in the document; `before`, of the document, tells what it did not have. */
  readonly brought: (before: Uint8Array) => void;
  /** What was not saved is a draft now. */
  readonly settled: () => void;
  readonly emit: (event: LiveEvent) => void;
};

export type Bring = {
  /** What is kept has been read, or takes too long. */
  readonly ready: Promise<void>;
  /** The server is there, and its epoch known. */
  welcomed(): Promise<void>;
  /** The end of this document with edits that are not saved. */
  ended(code: string, unsent: number): Promise<void>;
};

export function openBring(options: BringOptions): Bring {
  const { keeper, doc, origin, timer, epoch, emit } = options;

  async function first(): Promise<void> {
    const found = await keeper.read();
    const newest = found.toSorted((a, b) => b.at - a.at)[0];
    if (!newest) return;
    if (epoch() === undefined) options.shown(newest);
    for (const kept of found) if (kept.epoch === epoch()) adopt(kept);
  }

  function adopt(kept: KeptEdits): void {
    const before = Y.encodeStateVector(doc);
    Y.applyUpdate(doc, Y.mergeUpdates([...kept.updates]), origin);
    keeper.adopt(kept);
    options.brought(before);
  }

  return {
    ready: new Promise((resolve) => {
      const callOff = timer(LONGEST_READ_MS, resolve);
      first()
        .catch(() => {})
        .finally(() => {
          callOff();
          resolve();
        });
    }),
    async welcomed() {
      for (const kept of await keeper.read()) {
        if (kept.epoch === epoch()) adopt(kept);
        else {
          const { draft, stored } = await keeper.draftOf(kept);
          if (draft) emit({ type: 'draft', draft, stored });
        }
      }
    },
    async ended(code, unsent) {
      const why = DRAFT_WHYS.find((one) => one === code);
      if (!why) return;
      const { draft, stored } = unsent > 0 ? await keeper.draft(why) : { stored: why === 'other-epoch' };
      if (draft) emit({ type: 'draft', draft, stored });
      if (!stored) return;
      options.settled();
      emit({ type: 'anew', why });
    },
  };
}
