/** Words of the page of a link, and of an owner's look at it. */
import { counted } from './numbers.ts';

export const published = {
  empty: 'Nothing of this notebook is shown here yet',
  notRun: 'Not run yet',
  updated: (when: string) => `As of ${when}`,
  failedTitle: 'This could not be shown',
  notTheirs: 'They may not open this',
  notTheirsText: 'They are told that there is no such notebook, as of one that never was.',
  gone: 'This link opens nothing any more',
  goneText: 'It ended or was withdrawn. Ask whoever gave it to you for another.',
  away: 'No connection to the server: this may be old.',
  by: 'Shown with Gondola',
  paragraph: (n: number) => `Paragraph ${n}`,
  paragraphFailed: (n: number, reference: string) => `Paragraph ${n} failed (reference ${reference}).`,
  lacksAbove: 'It may need what the paragraphs above make: “Run all” runs them in order.',
  stopping: 'stopping…',
  ownAt: (when: string) => `your own run, ${when}`,
  own: 'Your own figures: only you see them.',
  ownUntil: (when: string) => `Without another run they are kept until ${when}.`,
  leave: 'Show what is published',
  ended: 'Your session has ended, and your own figures with it. You see what is published.',
  endedIdle: (minutes: number) =>
    `Nothing was run for ${counted(minutes, 'minute', 'minutes')}, so your own figures are gone. You see what is published.`,
  notLeft: 'Your own figures are still shown',
  notStopped: 'The run could not be stopped',
};

/** As an owner looks how others see a notebook. */
export const preview = {
  as: (name: string) => `As ${name} sees it`,
  none: 'No access',
  close: 'Close',
  onlyLook: 'They can run this. You only look.',
  group: (name: string) => `somebody of ${name}`,
  link: (label: string | undefined) =>
    label === undefined ? 'whoever has the link' : `whoever has the link “${label}”`,
  frame: (name: string) => `whoever sees “${name}”`,
  somebody: 'somebody',
};
