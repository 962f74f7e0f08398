import type { IncomingMessage } from 'node:http';
import type { Principal } from '../access/principal.ts';
import { contentSecurityPolicy } from '../access/web.ts';
import { type AppError, errorBody } from '../errors.ts';
import { type PageWords, wordsFor } from './words.ts';

/** Who asks for an address, and the nonce that the answer's policy names. */
export type PageRequest = {
  readonly request: IncomingMessage;
  readonly principal: Principal;
  readonly nonce: string;
};

/** What a browser is shown, before it is known who sends it: the front by itself, or the API's framework. */
export type PageAnswer = {
  readonly status: number;
  /** Over those that every answer has; an empty one takes that away. */
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Uint8Array;
};

export const HTML = { 'content-type': 'text/html; charset=utf-8' } as const;

export const seeOther = (to: string, ...cookies: readonly string[]): PageAnswer => ({
  status: 303,
  headers: { location: to, ...settingOf(cookies) },
  body: '',
});

/** What the API would answer. */
export const failed = (error: AppError, ...cookies: readonly string[]): PageAnswer => ({
  status: error.status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...settingOf(cookies) },
  body: JSON.stringify(errorBody(error)),
});

const settingOf = (cookies: readonly string[]): PageAnswer['headers'] =>
  cookies.length === 0 ? {} : { 'set-cookie': [...cookies] };

/** A page of ours with a form, in the language of who asks. */
export const formPage = (asked: PageRequest, status: number, body: (words: PageWords) => string): PageAnswer => ({
  status,
  headers: {
    ...HTML,
    'content-security-policy': contentSecurityPolicy(asked.nonce, 'self'),
    // Without any referrer a browser sends a form with the origin `null`, which is refused.
    'referrer-policy': 'same-origin',
  },
  body: body(wordsFor(asked.request.headers['accept-language'])),
});
