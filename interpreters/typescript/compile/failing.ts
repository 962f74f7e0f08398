/**
 * What went wrong in a run, as a failure at its place in the paragraph: from what the realm told, whose stack names units
 * by number and their generated places. Frames of our own code are left out; those of earlier paragraphs and of modules
 * are told by what they are.
 */
import { type FailureCode, failure } from '../../errors.ts';
import type { Failure } from '../../protocol.ts';
import type { Report } from '../realm/outer.ts';
import { hintOf } from './hints.ts';
import { placeOf, span } from './place.ts';

/** A unit as far as its places are to be told. */
export type Located = {
  readonly text: string;
  /** A module's path; undefined for a paragraph. */
  readonly path?: string;
  offsetAt(line: number, column: number): number | undefined;
};

/** The name of a unit's script. */
export const scriptName = (unit: number): string => `paragraph:${unit}`;
const FRAME = /^\s*at (?:async )?(?:(.*?) \()?.*?\bparagraph:(\d+):(\d+):(\d+)\)*$/;

/** Frames told in the detail. */
const MAX_FRAMES = 8;
/** How far behind a call its word is looked for. */
const MARK_REACH = 2_000;

export type Frame = { readonly called: string; readonly unit: number; readonly offset: number };

export function framesOf(stack: string, unitOf: (unit: number) => Located | undefined): readonly Frame[] {
  return stack.split('\n').flatMap((line) => {
    const found = FRAME.exec(line);
    if (!found) return [];
    const [, called = '', unit, row, column] = found;
    const offset = unitOf(Number(unit))?.offsetAt(Number(row), Number(column));
    return offset === undefined
      ? []
      : [{ called: called.replace(/^(Object|Module)\./, ''), unit: Number(unit), offset }];
  });
}

export function failureOf(
  report: Report,
  run: { readonly unit: number; readonly source: string },
  unitOf: (unit: number) => Located | undefined,
): Failure {
  const frames = framesOf(report.stack, unitOf);
  const own = frames.find((frame) => frame.unit === run.unit);
  const { place, mark } = report;
  const inside = place?.unit === run.unit ? place : undefined;
  const spot = inside ?? (own && marked(run.source, own.offset, mark));
  const where = spot ? span(run.source, spot.start, Math.max(spot.end, spot.start + 1)) : {};
  const detail = detailOf(frames, run.unit, unitOf);
  const parts = { ...where, ...(detail === undefined ? {} : { detail }) };
  if (report.failure) {
    const { line: _, column: __, length: ___, detail: own, fix, ...rest } = report.failure;
    const details = [own, detail].filter((one) => one !== undefined).join('\n');
    // A mend takes the place of what is marked: of the name itself, not of the call that it was given to.
    const mends = fix && spot && (inside !== undefined || ('found' in spot && spot.found));
    return {
      ...rest,
      ...where,
      ...(mends ? { fix: { replacement: asQuoted(run.source.slice(spot.start, spot.end), fix.replacement) } } : {}),
      ...(details === '' ? {} : { detail: details }),
    };
  }
  const message = report.name === '' ? report.message : `${report.name}: ${report.message}`;
  const hint = hintOf(report.name, report.message);
  return failure(codeOf(report), message, hint === undefined ? parts : { ...parts, hint });
}

function codeOf({ name, message }: Report): FailureCode {
  return name === 'ReferenceError' && message.endsWith(' is not defined') ? 'unknown-name' : 'thrown';
}

/** Where text in quotes is replaced, the new one stands in the same. */
function asQuoted(old: string, replacement: string): string {
  const quote = /^(['"`]).*\1$/s.exec(old)?.[1];
  return quote === undefined
    ? replacement
    : quote + replacement.replace(/[\\'"`]/g, (one) => (one === quote || one === '\\' ? `\\${one}` : one)) + quote;
}

type Marked = { readonly start: number; readonly end: number; readonly found: boolean };

/** What is to be marked: one of the words behind a call, else the last in quotes before it, else what is called. */
function marked(source: string, at: number, mark: Report['mark']): Marked {
  const places = (mark?.find ?? []).flatMap((word) => {
    const found = source.slice(at, at + MARK_REACH).indexOf(word);
    return found === -1 ? [] : [{ start: at + found, end: at + found + word.length }];
  });
  places.sort((a, b) => a.start - b.start);
  const first = places[0] ?? lastBefore(source, at, mark);
  if (!first)
    return { start: at, end: at + (/^[\p{ID_Continue}$]+/u.exec(source.slice(at))?.[0].length ?? 1), found: false };
  const start = first.start + (mark?.start ?? 0);
  return { start, end: mark?.length === undefined ? first.end : start + mark.length, found: true };
}

/** Keys of a group are looked at when its columns are said, in a later call. */
function lastBefore(source: string, at: number, mark: Report['mark']): { start: number; end: number } | undefined {
  const from = Math.max(0, at - MARK_REACH);
  const places = (mark?.find ?? [])
    .filter((word) => /^['"`]/.test(word))
    .map((word) => ({ start: from + source.slice(from, at).lastIndexOf(word), length: word.length }))
    .filter(({ start }) => start >= from)
    .map(({ start, length }) => ({ start, end: start + length }));
  return places.sort((a, b) => b.start - a.start)[0];
}

/** The calls that led there, where there is more to tell than the place. */
function detailOf(
  frames: readonly Frame[],
  current: number,
  unitOf: (unit: number) => Located | undefined,
): string | undefined {
  if (frames.length < 2 && frames.every(({ unit }) => unit === current)) return undefined;
  const lines = frames.map(({ called, unit, offset }) => {
    const found = unitOf(unit);
    const line = found ? placeOf(found.text, offset).line : 0;
    const in_ = called === '' ? '' : `${called}, `;
    if (unit === current) return `at ${in_}line ${line}`;
    if (found?.path !== undefined) return `at ${in_}${found.path}, line ${line}`;
    return `at ${in_}line ${line} of an earlier paragraph: ${excerpt(found?.text ?? '', line)}`;
  });
  const told = withoutRepeats(lines);
  return [
    ...told.slice(0, MAX_FRAMES),
    ...(told.length > MAX_FRAMES ? [`… ${told.length - MAX_FRAMES} more`] : []),
  ].join('\n');
}

/** A recursion's frames are one. */
function withoutRepeats(lines: readonly string[]): readonly string[] {
  const told: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = told.at(-1);
    if (last?.line === line) last.times += 1;
    else told.push({ line, times: 1 });
  }
  return told.map(({ line, times }) => (times > 1 ? `${line} (${times} times)` : line));
}

const MAX_EXCERPT = 60;
function excerpt(text: string, line: number): string {
  const found = (text.split('\n')[line - 1] ?? '').trim();
  return found.length > MAX_EXCERPT ? `${found.slice(0, MAX_EXCERPT)}…` : found;
}
