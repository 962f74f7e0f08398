/** Words of one's account, and of what one may not see any more. */
import type { Role } from '../../server/protocol/messages.ts';
import { counted } from './numbers.ts';

export const account = {
  menu: (name: string) => `${name} (you): account`,
  byAddress: 'Here by the printed address',
  roles: {
    owner: 'Owner of this workspace',
    writer: 'Member of this workspace',
    runner: 'Member of this workspace',
    reader: 'Member of this workspace',
  } satisfies Readonly<Record<Role, string>>,
  away: 'The server does not answer',
  change: 'Change your name…',
  password: 'Change your password…',
  audit: 'Audit log',
  signOut: 'Sign out',
  everywhere: 'Sign out everywhere',
  everywhereHint: 'all your browsers',
  passwordTitle: 'Change your password',
  whose: 'Account',
  current: 'Password now',
  next: 'New password',
  again: 'New password again',
  differs: 'The two new passwords differ.',
  passwordHint: (least: number) => `${least} characters or more. Your other browsers are signed out.`,
  passwordDo: 'Change it',
  passwordDone: 'Your password is changed, and your other browsers are signed out',
  wrong: 'That is not your password now.',
  wait: 'Too many attempts. Try again in a while.',
  failed: 'The password could not be changed',
};

export const lost = {
  title: 'This notebook is not yours to see any more',
  text: 'It was deleted, or its owner no longer shares it with you. Nothing of it is left on this page.',
  unsent: (n: number) =>
    `${counted(n, 'edit', 'edits')} of yours had not reached the server and are kept in this browser.`,
  signedOut: 'You are signed out',
  signedOutText: 'Your sign-in ended. Sign in again to go on.',
  signIn: 'Sign in',
};
