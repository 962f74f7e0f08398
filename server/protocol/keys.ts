/**
 * Whose session of which notebook. The notebook's own session belongs to its writers and has the notebook's id as its key;
 * a visitor's has `NOTEBOOK-SESSION`. Ids of runs and results begin with the key of the session that made them, so that an
 * id alone says whose it is and where its records lie.
 *
 * Ids that Gondola makes have no hyphen, so a key of this form is no notebook's id.
 */
import {
  cryptoRandom,
  type FillRandom,
  type NotebookId,
  newId,
  parseId,
  type ResultId,
  type RunId,
  type SessionId,
} from './ids.ts';

declare const brand: unique symbol;
export type VisitorKey = string & { readonly [brand]: 'visitor' };
export type SessionKey = NotebookId | VisitorKey;

const VISITOR = /^([a-z2-7]{10})-([a-z2-7]{10})$/;

/** Undefined where the notebook's id is none that Gondola made. */
export function visitorKey(notebook: NotebookId, session: SessionId): VisitorKey | undefined {
  const key = `${notebook}-${session}`;
  return VISITOR.test(key) ? (key as VisitorKey) : undefined;
}

export const isVisitorKey = (key: string): key is VisitorKey => VISITOR.test(key);

export const notebookIn = (key: SessionKey): NotebookId => (VISITOR.exec(key)?.[1] ?? key) as NotebookId;

export const sessionIn = (key: VisitorKey): SessionId => VISITOR.exec(key)?.[2] as SessionId;

/** The key that the id of a run or result begins with; undefined where it can be none. */
export function keyIn(id: string): SessionKey | undefined {
  const key = id.slice(0, Math.max(0, id.lastIndexOf('-')));
  return /^[a-z0-9-]{1,32}$/.test(key) ? (key as SessionKey) : undefined;
}

export function newRunId(key: SessionKey, random: FillRandom = cryptoRandom): RunId {
  const id = parseId<RunId>(`${key}-${newId<RunId>(random)}`);
  if (!id) throw new Error('a notebook id of more than 21 characters');
  return id;
}

export const newResultId = (key: SessionKey, random: FillRandom = cryptoRandom): ResultId =>
  `${key}-${newId<ResultId>(random)}` as ResultId;

/** The folder of its records, below the folder of all records. */
export const recordsOf = (key: SessionKey): string =>
  isVisitorKey(key) ? `${visitorsOf(notebookIn(key))}/${sessionIn(key)}` : `notebooks/${key}`;

/** Of the sessions of a notebook's visitors, each in a folder of its own. */
export const visitorsOf = (notebook: NotebookId): string => `notebooks/${notebook}/visitors`;

/** Of what visitors ran whose sessions have ended. */
export const visitedOf = (notebook: NotebookId): string => `notebooks/${notebook}/visited`;
