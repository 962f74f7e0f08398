/** Strings of calling a result otherwise. */
import type { LeftWhy } from '../../server/protocol/rename.ts';
import { counted, figure } from './numbers.ts';

const paragraphs = (n: number): string => counted(n, 'paragraph', 'paragraphs');

export const renameWords = {
  title: (name: string) => `Rename ${name}`,
  others: (from: string, to: string) => `${from} is ${to} now`,
  label: 'New name',
  looking: 'Looking…',
  noName: 'There is no name of a result here. Put the caret on one, or name the paragraph’s result.',
  unfit: 'A name starts with a letter and has letters, digits and _',
  failed: 'It can’t be renamed',
  preview: 'What would change',
  places: (n: number, texts: number) => `${counted(n, 'place', 'places')} in ${paragraphs(texts)}.`,
  none: 'No text names it.',
  owner: (paragraph: string) => `The result of ${paragraph} gets the name.`,
  paragraph: (n: number) => `paragraph ${n}`,
  form: (name: string) => `options of ${name}`,
  more: (n: number) => `and ${figure(n)} more`,
  left: 'Stays as it is',
  why: {
    doubt: 'it can’t be told whether the table is meant in all places',
    clash: 'the new name means something else there',
    unread: 'it could not be read',
  } satisfies Record<LeftWhy, string>,
  clash: (paragraph: string) => `In ${paragraph} the new name means something else: choose another one.`,
  rename: (n: number) => (n === 0 ? 'Rename' : `Rename in ${paragraphs(n)}`),
  renameOthers: (n: number) => `Rename in ${counted(n, 'other paragraph', 'other paragraphs')}`,
  offer: (from: string, n: number) => `${from} is still used in ${counted(n, 'other paragraph', 'other paragraphs')}`,
  offerDo: (n: number) => `Rename in ${counted(n, 'other paragraph', 'other paragraphs')}…`,
  done: (from: string, to: string, places: number) => `${from} is ${to} now, in ${counted(places, 'place', 'places')}`,
  busy: 'Somebody is writing in one of these paragraphs. Try again.',
  tooLate: 'You have written since; Ctrl/⌘+Z goes back step by step',
} as const;
