/**
 * Which block of a changed file is which block of its base: by paragraph id, then equal content in order, then equal
 * content elsewhere, then likeness between the same neighbours, then likeness anywhere. Cost is bounded for any input.
 */

import { changedRanges } from '../../protocol/diff.ts';
import { PROSE } from '../../protocol/document.ts';
import type { ParagraphId } from '../../protocol/ids.ts';
import { sortedJson } from '../../protocol/json.ts';
import type { Block } from './parse.ts';
import type { KnownBase } from './print.ts';

export type Aligned = {
  /** The file's block. */
  readonly block: Block;
  readonly id: ParagraphId;
  /** The base's block that it goes on from. */
  readonly from?: number;
};

/** Candidates compared with each other in one gap; more, and only equal content finds its like. */
const MOST_PAIRS = 2_500;
/** Share of words in common, 0 to 1. */
const ALIKE_IN_PLACE = 0.4;
const ALIKE_ELSEWHERE = 0.6;
/** Enough of a text to tell what it is. */
const COMPARED_CHARACTERS = 20_000;

/** `isKnown`: whether the document has had that paragraph, so that its id is its own and no new name for another. */
export function align(
  base: KnownBase,
  blocks: readonly Block[],
  isKnown: (id: ParagraphId) => boolean,
  makeId: () => ParagraphId,
): readonly Aligned[] {
  const match = new Match(base, blocks, isKnown);
  match.byId();
  match.byContent();
  match.byLikeness();
  return blocks.map((block, index) => {
    const from = match.found[index];
    if (from === undefined) return { block, id: block.id ?? makeId() };
    return { block, from, id: block.id ?? base.ids[from]! };
  });
}

class Match {
  readonly found: (number | undefined)[];
  readonly #base: KnownBase;
  readonly #blocks: readonly Block[];
  readonly #taken = new Set<number>();
  readonly #isFree: (index: number) => boolean;

  constructor(base: KnownBase, blocks: readonly Block[], isKnown: (id: ParagraphId) => boolean) {
    this.#base = base;
    this.#blocks = blocks;
    this.found = blocks.map(() => undefined);
    const own = blocks.map((block) => block.id !== undefined && isKnown(block.id));
    this.#isFree = (index) => this.found[index] === undefined && !own[index];
  }

  #pair(index: number, from: number): void {
    this.found[index] = from;
    this.#taken.add(from);
  }

  byId(): void {
    const places = new Map(this.#base.ids.map((id, index) => [id, index]));
    this.#blocks.forEach((block, index) => {
      const from = block.id === undefined ? undefined : places.get(block.id);
      if (from !== undefined) this.#pair(index, from);
    });
  }

  byContent(): void {
    const old = this.#base.parsed.blocks.map(contentKey);
    const now = this.#blocks.map(contentKey);
    const paired = new Map(this.found.flatMap((from, index) => (from === undefined ? [] : [[from, index] as const])));
    const oldKeys = old.map((key, from) => (paired.has(from) ? `paired ${from}` : key));
    const nowKeys = now.map((key, index) => (this.found[index] === undefined ? key : `paired ${this.found[index]}`));
    let from = 0;
    let index = 0;
    const same = (until: number): void => {
      for (; from < until; from += 1, index += 1) {
        if (!this.#taken.has(from) && this.#isFree(index)) this.#pair(index, from);
      }
    };
    for (const [fromA, toA, , toB] of changedRanges(oldKeys, nowKeys)) {
      same(fromA);
      [from, index] = [toA, toB];
    }
    same(old.length);
    const waiting = new Map<string, number[]>();
    old.forEach((key, place) => {
      if (!this.#taken.has(place)) waiting.set(key, [...(waiting.get(key) ?? []), place]);
    });
    now.forEach((key, place) => {
      const next = this.#isFree(place) ? waiting.get(key)?.shift() : undefined;
      if (next !== undefined) this.#pair(place, next);
    });
  }

  byLikeness(): void {
    let before = -1;
    let open: number[] = [];
    for (let index = 0; index <= this.#blocks.length; index += 1) {
      const from = index === this.#blocks.length ? this.#base.ids.length : this.found[index];
      if (from === undefined) {
        if (this.#isFree(index)) open.push(index);
        continue;
      }
      if (open.length > 0 && from > before) this.#inGap(open, this.#untaken(before + 1, from), ALIKE_IN_PLACE);
      open = [];
      before = from;
    }
    const left = this.#blocks.flatMap((_, index) => (this.#isFree(index) ? [index] : []));
    this.#inGap(left, this.#untaken(0, this.#base.ids.length), ALIKE_ELSEWHERE);
  }

  #untaken(from: number, to: number): number[] {
    const free: number[] = [];
    for (let index = from; index < to; index += 1) if (!this.#taken.has(index)) free.push(index);
    return free;
  }

  #inGap(open: readonly number[], free: readonly number[], least: number): void {
    if (open.length * free.length > MOST_PAIRS || open.length === 0 || free.length === 0) return;
    const words = free.map((from) => wordsOf(this.#base.parsed.blocks[from]!.source));
    const pairs = open.flatMap((index) => {
      const block = this.#blocks[index]!;
      const own = wordsOf(block.source);
      return free.flatMap((from, place) => {
        const old = this.#base.parsed.blocks[from]!;
        if ((old.interpreter === PROSE) !== (block.interpreter === PROSE)) return [];
        return [{ index, from, likeness: likeness(own, words[place]!) }];
      });
    });
    const [only] = pairs;
    const isRewritten = pairs.length === 1 && only && this.#isUnnamedProse(only.index, only.from);
    pairs.sort((a, b) => b.likeness - a.likeness || a.index - b.index || a.from - b.from);
    for (const { index, from, likeness: share } of pairs) {
      if (share < least && !(isRewritten && least === ALIKE_IN_PLACE)) break;
      if (this.found[index] === undefined && !this.#taken.has(from)) this.#pair(index, from);
    }
  }

  /** Prose without an id is what stands at its place, whatever it says now. */
  #isUnnamedProse(index: number, from: number): boolean {
    const [now, old] = [this.#blocks[index], this.#base.parsed.blocks[from]];
    return now?.interpreter === PROSE && now.id === undefined && old?.id === undefined;
  }
}

const contentKey = (block: Block): string =>
  `${block.interpreter}\n${block.name ?? ''}\n${sortedJson(block.options)}\n${block.source}`;

type Words = { readonly counts: ReadonlyMap<string, number>; readonly total: number };

function wordsOf(source: string): Words {
  const counts = new Map<string, number>();
  const words = source.slice(0, COMPARED_CHARACTERS).match(/[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s]/gu) ?? [];
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { counts, total: words.length };
}

/** Dice's coefficient over words: twice the common ones by all. */
function likeness(one: Words, other: Words): number {
  if (one.total + other.total === 0) return 1;
  let common = 0;
  for (const [word, count] of one.counts) common += Math.min(count, other.counts.get(word) ?? 0);
  return (2 * common) / (one.total + other.total);
}
