/**
 * Who says who somebody is: the accounts' own passwords, a directory that is asked with a name and a password, or a provider
 * that a browser is sent to. The entrance knows these contracts and no provider. What a provider tells is told once, here,
 * in our own terms; whether it opens anything is then decided over the book (`identity/enter.ts`).
 */
import type { Role } from '../protocol/messages.ts';
import type { Account, Identity } from './book.ts';

export type Told = {
  readonly identity: Identity;
  /** What their account would like to be called, best first. */
  readonly names: readonly string[];
  /** What others would like to see. */
  readonly shown?: string;
  readonly groups: readonly string[];
  /** In the workspace; undefined where they may not come in. */
  readonly role: Role | undefined;
};

export type Answer =
  /** By a password of ours, that was the account's when it was read. */
  | { readonly result: 'account'; readonly account: Account }
  | { readonly result: 'told'; readonly told: Told }
  /** No such name, another password, an answer that does not fit: alike. */
  | { readonly result: 'wrong' }
  /** Could not be asked. */
  | { readonly result: 'away' };

/** Keeps the number of passwords that are computed at once. */
export type Turn = <T>(compute: () => Promise<T>) => Promise<T>;

/** Asked with what was typed into our own form. Takes the same steps whoever there is. */
export interface ByPassword {
  ask(name: string, password: string, turn: Turn): Promise<Answer>;
}

/** A browser on its way. */
export type Setout = {
  /** Where it wants to go afterwards: a path of our own. */
  readonly to: string;
  /** As the browser knows this server. */
  readonly origin: string;
  /** What its cookie holds, if it has one from before. */
  readonly browser: string | undefined;
  /** The network it comes from. */
  readonly network: string;
};

/** A provider with pages of its own. */
export interface ByVisit {
  readonly label: string;
  begin(
    setout: Setout,
  ): Promise<{ readonly result: 'go'; readonly url: string; readonly browser: string } | { readonly result: 'away' }>;
  /** `query`: what the browser brings back. `to`: where it wanted to go. */
  end(query: URLSearchParams, browser: string | undefined): Promise<{ readonly answer: Answer; readonly to: string }>;
}

/** Those of the configuration, beside our own passwords. */
export type Providers = {
  readonly directory?: ByPassword & { readonly label: string /** Asked before our own. */; readonly first: boolean };
  readonly visit?: ByVisit;
};

/** Details for the log, without secrets. */
export type Warn = (what: string, details: object) => void;
