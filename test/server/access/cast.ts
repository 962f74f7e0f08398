/**
 * Everybody who may come: accounts with each role by each way to get one, tokens, holders of links, and those who lost
 * what they had; with the class of what they may do with one notebook, and with the workspace.
 */

import type { Account, Grant, Link, SignIn, Subject, Token } from '../../../server/access/book.ts';
import type { Door } from '../../../server/access/door.ts';
import type { BookChange } from '../../../server/access/store.ts';
import { grantChange } from '../../../server/access/store.ts';
import { digest } from '../../../server/access/token.ts';
import type { LinkId, NotebookId, ParagraphId, PersonId, TokenId } from '../../../server/protocol/ids.ts';
import type { Role } from '../../../server/protocol/messages.ts';

/** What somebody is to a notebook; `running`: by a link that runs; `embed`: a frame in another site's page; `framing`: one that takes values; `none`: it is not theirs; `stranger`: they are nobody. */
export type Class = Role | 'link' | 'running' | 'embed' | 'framing' | 'none' | 'stranger';

export type Actor = {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly notebook: Class;
  /** In the workspace: the role of the account or token; of guests `link`. */
  readonly workspace: Role | 'link' | 'embed' | 'stranger';
  /** Of files beside the notebook: as a writer of it, as a writer of the folder, or not at all. */
  readonly files: 'replaces' | 'adds' | 'none' | 'stranger';
  /** Of the folder that it lies in. */
  readonly folder: Role | 'none' | 'stranger';
};

export const HOST = 'localhost:4321';
const person = (name: string): PersonId => name as PersonId;

export type Scene = {
  readonly notebook: NotebookId;
  readonly other: NotebookId;
  readonly folder: string;
  readonly token: string;
};

/** Fills the door's book, and tells who may come. */
export function castOf(door: Door, { notebook, other, folder, token }: Scene): readonly Actor[] {
  const changes: BookChange[] = [];
  const account = (name: string, role: Role = 'writer', more: Partial<Account> = {}): void => {
    const body: Account = { id: person(name), name, role, groups: [], made: 1, ...more };
    changes.push({ table: 'accounts', id: body.id, body });
  };
  const grant = (subject: Subject, role: Role, place: Grant['place'] = { kind: 'notebook', notebook }): void =>
    void changes.push(grantChange({ place, subject, role, by: 'maker', at: 1 }));
  const to = (name: string): Subject => ({ kind: 'person', person: person(name) });
  const above: Grant['place'] = { kind: 'folder', folder };

  account('maker');
  grant(to('maker'), 'owner');
  grant(to('maker'), 'owner', { kind: 'notebook', notebook: other });
  account('admin', 'owner');
  for (const role of ['writer', 'runner', 'reader'] as const) {
    account(role, role === 'writer' ? 'writer' : role);
    grant(to(role), role);
  }
  account('grouped', 'writer', { groups: ['crew'] });
  grant({ kind: 'group', group: 'crew' }, 'reader');
  account('below');
  grant(to('below'), 'writer', above);
  // The strongest holds, wherever it stands.
  account('both');
  grant(to('both'), 'reader', above);
  grant(to('both'), 'runner');
  account('outsider');
  grant(to('outsider'), 'writer', { kind: 'folder', folder: 'elsewhere' });
  account('revoked');
  account('disabled', 'writer', { disabled: 5 });
  grant(to('disabled'), 'owner');
  account('signedout');
  grant(to('signedout'), 'writer');

  const programs = (name: string, body: Omit<Token, 'id' | 'name' | 'digest' | 'made' | 'by'>): string => {
    const id = name as TokenId;
    const secret = `gondola_${name}`;
    changes.push({ table: 'tokens', id, body: { id, name, digest: digest(secret), made: 1, by: 'test', ...body } });
    return secret;
  };
  const links = (name: string, body: Partial<Link> = {}): LinkId => {
    const id = name as LinkId;
    const link: Link = {
      id,
      notebook,
      role: 'reader',
      digest: digest(name),
      code: false,
      made: 1,
      by: 'maker',
      ...body,
    };
    changes.push({ table: 'links', id, body: link });
    return id;
  };
  door.access.store.commit(() => []);
  const framed = (secret: string) => ({
    host: HOST,
    origin: `http://${HOST}`,
    authorization: `Embed ${secret}`,
  });
  const bearer = (secret: string) => ({ host: HOST, authorization: `Bearer ${secret}` });
  const tokens = {
    tokenwriter: programs('tokenwriter', { role: 'writer', places: [{ kind: 'notebook', notebook }] }),
    tokenfolder: programs('tokenfolder', { role: 'runner', places: [{ kind: 'folder', folder }] }),
    tokenofreader: programs('tokenofreader', { role: 'owner', person: person('reader') }),
    tokenlower: programs('tokenlower', { role: 'reader', person: person('writer') }),
    tokenelsewhere: programs('tokenelsewhere', { role: 'owner', places: [{ kind: 'folder', folder: 'elsewhere' }] }),
    tokenexpired: programs('tokenexpired', { role: 'owner', expires: 5 }),
    tokendisabled: programs('tokendisabled', { role: 'owner', person: person('disabled') }),
  };
  const reading = links('linkreading');
  const running = links('linkrunning', { role: 'runner', code: true });
  const elsewhere = links('linkelsewhere', { notebook: other });
  const expired = links('linkexpired', { expires: 5 });
  const frame = { embed: { origins: ['https://wiki.example.com'], open: false }, paragraphs: ['a' as ParagraphId] };
  links('embedded', frame);
  links('embedrunning', { ...frame, role: 'runner' });
  links('embeddedelsewhere', { ...frame, notebook: other });
  links('embedexpired', { ...frame, expires: 5 });
  door.access.store.commit(() => changes);

  const visit = { headers: { host: HOST }, method: 'GET', url: '/', socket: { localPort: 0 } };
  type Held = { readonly kind: 'guest'; readonly links: readonly LinkId[] };
  const cookie = (...all: readonly (SignIn['as'] | Held)[]) => ({
    host: HOST,
    origin: `http://${HOST}`,
    cookie: all
      .map((as) => (as.kind === 'guest' ? door.linksCookie(visit, as.links)! : door.cookieFor(visit, as)))
      .map((set) => set.split(';')[0])
      .join('; '),
  });
  const as = (name: string): SignIn['as'] => ({ kind: 'person', person: person(name) });
  const guest = (...open: readonly LinkId[]): Held => ({ kind: 'guest', links: open });
  const signedOut = cookie(as('signedout'));
  const revokedToken = programs('tokenrevoked', { role: 'owner' });

  const make = (
    name: string,
    headers: Actor['headers'],
    on: Class,
    workspace: Actor['workspace'],
    folderRole: Actor['folder'] = on === 'stranger' ? 'stranger' : 'none',
  ): Actor => {
    const writes = on === 'owner' || on === 'writer';
    const files =
      on === 'stranger'
        ? 'stranger'
        : folderRole === 'writer' || folderRole === 'owner'
          ? 'replaces'
          : writes
            ? 'adds'
            : 'none';
    return { name, headers, notebook: on, workspace, files, folder: folderRole };
  };
  const actors = [
    make('the owner by the printed token', bearer(token), 'owner', 'owner', 'owner'),
    make('the owner by a cookie', cookie({ kind: 'owner', token: digest(token) }), 'owner', 'owner', 'owner'),
    make('who made it', cookie(as('maker')), 'owner', 'writer'),
    make('a writer', cookie(as('writer')), 'writer', 'writer'),
    make('a writer of the folder', cookie(as('below')), 'writer', 'writer', 'writer'),
    make('a runner', cookie(as('runner')), 'runner', 'runner'),
    make('a runner who reads the folder', cookie(as('both')), 'runner', 'writer', 'reader'),
    make('a reader', cookie(as('reader')), 'reader', 'reader'),
    make('a reader by a group', cookie(as('grouped')), 'reader', 'writer'),
    make('a reader with a link to run', cookie(as('reader'), guest(running)), 'runner', 'reader'),
    // What belongs to somebody is not for the workspace's owners; the folder belongs to nobody.
    make('an owner of the workspace', cookie(as('admin')), 'none', 'owner', 'owner'),
    make('an account without a role', cookie(as('outsider')), 'none', 'writer'),
    make('an account whose role was taken', cookie(as('revoked')), 'none', 'writer'),
    make('an account with a link', cookie(as('outsider'), guest(reading)), 'link', 'writer'),
    make('a token for the notebook', bearer(tokens.tokenwriter), 'writer', 'writer'),
    make('a token for the folder', bearer(tokens.tokenfolder), 'runner', 'runner', 'runner'),
    make('a strong token of a reader', bearer(tokens.tokenofreader), 'reader', 'reader'),
    make('a weak token of a writer', bearer(tokens.tokenlower), 'reader', 'reader'),
    make('a token for elsewhere', bearer(tokens.tokenelsewhere), 'none', 'writer'),
    make('a link to read', cookie(guest(reading)), 'link', 'link'),
    make('a link to run', cookie(guest(running)), 'running', 'link'),
    make('a link to run and one to read', cookie(guest(reading, running)), 'running', 'link'),
    make('a link to another notebook', cookie(guest(elsewhere)), 'none', 'link'),
    make('a link that ended', cookie(guest(expired)), 'stranger', 'stranger'),
    make('a link that never was', cookie(guest('linkrevoked' as LinkId)), 'stranger', 'stranger'),
    make('an embed', framed('embedded'), 'embed', 'embed'),
    make('an embed that takes values', framed(`embedrunning ${'f'.repeat(43)}`), 'framing', 'embed'),
    make('an embed that reads, as some frame', framed(`embedded ${'f'.repeat(43)}`), 'embed', 'embed'),
    // A browser that sends what else it holds gets no more.
    make('an embed beside a writer', { ...cookie(as('writer')), ...framed('embedded') }, 'embed', 'embed'),
    make('an embed of another notebook', framed('embeddedelsewhere'), 'none', 'embed'),
    make('an embed that ended', framed('embedexpired'), 'stranger', 'stranger'),
    make('an embed that never was', framed('nothing'), 'stranger', 'stranger'),
    make('the secret of a link as an embed', framed('linkreading'), 'stranger', 'stranger'),
    make('the secret of an embed as a token', bearer('embedded'), 'stranger', 'stranger'),
    make('a disabled account', cookie(as('disabled')), 'stranger', 'stranger'),
    make('somebody who signed out', signedOut, 'stranger', 'stranger'),
    make('a token that ended', bearer(tokens.tokenexpired), 'stranger', 'stranger'),
    make('a token of a disabled account', bearer(tokens.tokendisabled), 'stranger', 'stranger'),
    make('a token that was revoked', bearer(revokedToken), 'stranger', 'stranger'),
    make('a stranger', { host: HOST, origin: `http://${HOST}` }, 'stranger', 'stranger'),
  ];
  door.clearCookies({ ...visit, headers: signedOut });
  return actors;
}
