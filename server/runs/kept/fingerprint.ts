/**
 * By what a run is known again: pure. Two of one paragraph with equal fingerprints ran the same text with the same values on
 * the same inputs, so their rows are the same. It has two halves: what was asked (text, name, values of the forms that the
 * text names, this version of Gondola) and what it read (named results, files and the engine, as the engine told). There is
 * none where that can't be known: of other languages than SQL, of a text that names a password, of a table that is no named
 * result. A named result is known by its rows where it is small, else by its id.
 */
import { createHash } from 'node:crypto';
import type { FormInputs } from '../../../interpreters/forms.ts';
import type { Inputs } from '../../../interpreters/uses.ts';
import type { RunSpec } from '../../protocol/runs.ts';

/** `ASKED.READ`, each a digest. */
export type Fingerprint = string;
export type Asked = string;

export type Text = Pick<RunSpec, 'interpreter' | 'source' | 'name' | 'options'>;

/** The first half; undefined where there is no fingerprint of it. */
export function askedOf(text: Text, forms: FormInputs, version: string): Asked | undefined {
  const { interpreter, source, name = null, options } = text;
  if (interpreter !== 'sql') return undefined;
  const read = Object.entries(forms).filter(([form]) => mayName(source, form));
  if (read.some(([, { type }]) => type === 'password')) return undefined;
  const values = read.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return digestOf([version, interpreter, options.connection ?? null, source, name, values]);
}

/** `identities`: of the named results that are there, by their folded names. */
export function fingerprintOf(
  asked: Asked,
  inputs: Inputs,
  identities: ReadonlyMap<string, string>,
): Fingerprint | undefined {
  const tables = inputs.tables.map((name) => [name, identities.get(name)] as const);
  if (tables.some(([, identity]) => identity === undefined)) return undefined;
  return `${asked}.${digestOf([tables, inputs.marks])}`;
}

export const isAsked = (fingerprint: Fingerprint | undefined, asked: Asked): boolean =>
  fingerprint?.startsWith(`${asked}.`) === true;

/** Rather too often than not: every way to name a form has its letters in it. */
const mayName = (source: string, form: string): boolean =>
  source.includes('$') && source.toLowerCase().includes(form.toLowerCase());

const digestOf = (parts: unknown): string => createHash('sha256').update(JSON.stringify(parts)).digest('base64url');

/** A small result by its rows. */
export const digestOfBlock = (block: Uint8Array): string =>
  `rows ${createHash('sha256').update(block).digest('base64url')}`;
