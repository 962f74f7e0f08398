import { expect, it } from 'vitest';
import { type Book, emptyBook, type Place } from '../../../server/access/book.ts';
import { addLink, linksAt } from '../../../server/access/links.ts';
import { type BookChange, forgetNotebook, grantChange } from '../../../server/access/store.ts';
import type { NotebookId } from '../../../server/protocol/ids.ts';

const [ONE, TWO] = ['one' as NotebookId, 'two' as NotebookId];

it('of a notebook that is gone for good are forgotten, with its links, and no others', () => {
  const grant = (place: Place) => ({
    place,
    subject: { kind: 'everyone' as const },
    role: 'reader' as const,
    by: 'Ana',
    at: 1,
  });
  const here: Place = { kind: 'notebook', notebook: ONE };
  const there: Place = { kind: 'notebook', notebook: TWO };
  const above: Place = { kind: 'folder', folder: '' };
  const link = (notebook: NotebookId) =>
    addLink(emptyBook(''), notebook, { role: 'reader', code: false }, { secret: 's', by: 'Ana', at: 1 }).link;
  const links = [link(ONE), link(TWO)];
  const book: Book = {
    ...emptyBook(''),
    grants: new Map([
      ['notebook:one', [grant(here)]],
      ['notebook:two', [grant(there)]],
      ['folder:', [grant(above)]],
    ]),
    links: new Map(links.map((one) => [one.id, one])),
  };
  const taken: readonly BookChange[] = [
    { table: 'grants', id: grantChange(grant(here)).id as string, body: undefined },
    { table: 'links', id: linksAt(book, ONE)[0]!.id, body: undefined },
  ];
  expect(forgetNotebook(book, ONE)).toEqual(taken);
  expect(forgetNotebook(book, 'three' as NotebookId)).toEqual([]);
});
