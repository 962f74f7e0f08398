/** Who may read the rows behind a chart that a paragraph shows: as the server decides, so that the page offers nothing else. */
import { expect, it } from 'vitest';
import { mayReadRows } from '../../../client/notebook/watch.ts';
import { mayReadRows as decided, type View } from '../../../server/access/view.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { ROLES } from '../../../server/protocol/roles.ts';

it('is the same in the page as on the server, of every role', () => {
  const view = { whole: true, paragraphs: 'all', sources: 'all', runs: 'all', titled: true, tables: 'all' } as const;
  const paragraph = { id: 'p' as ParagraphId, options: { chart: { show: 'chart' } } };
  const onServer = ROLES.map((role) => decided({ ...view, role } satisfies View, paragraph, 0));
  expect(ROLES.map(mayReadRows)).toEqual(onServer);
  expect(onServer).toEqual([false, false, true, true]);
});
