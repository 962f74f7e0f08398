/** The workspace as the home page shows it. */
import { Type } from '@sinclair/typebox';
import type { NotebookAt } from '../../access/evaluator.ts';
import { sharedFolders } from '../../access/folders.ts';
import { notebookTarget } from '../../access/view.ts';
import { route } from '../route.ts';
import { Id } from '../schemas.ts';

export const workspaceRoutes = [
  route({
    method: 'GET',
    path: '/workspace',
    action: 'workspace.list',
    target: 'workspace',
    tag: 'workspace',
    summary: 'The workspace’s title, its folders, and what runs in it now',
    answers: {
      200: Type.Object({
        title: Type.String(),
        folders: Type.Array(Type.String()),
        gone: Type.Array(Type.String(), { description: 'Folders that are gone, and whose roles one may forget' }),
        running: Type.Array(
          Type.Object({ notebook: Id, title: Type.String(), running: Type.Boolean(), queued: Type.Integer() }),
        ),
      }),
    },
    handle({ services, access, principal }) {
      const roleOn = access.roles(principal);
      const isSeen = (notebook: NotebookAt): boolean => roleOn(notebookTarget(notebook)) !== undefined;
      const folders = new Set<string>();
      for (const { path } of services.workspace.list().filter(isSeen))
        for (const folder of foldersOf(path)) folders.add(folder);
      const gone = sharedFolders(access.store.book(), 'gone').filter(
        (folder) => access.decide(principal, 'folder.share', { kind: 'folder', folder }).allowed,
      );
      const running = services.runs.active().flatMap(({ notebook, running, queued }) => {
        const known = services.workspace.get(notebook);
        return known && isSeen(known) ? [{ notebook, title: known.title, running, queued }] : [];
      });
      return { body: { title: services.title, folders: [...folders].sort(), gone: gone.toSorted(), running } };
    },
  }),
];

/** `a/b/c.nb.md` lies in `a` and `a/b`. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}
