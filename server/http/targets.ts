/** What a call is about, from its path alone: so that the evaluator is asked before anything else of the call is read. */
import type { Target } from '../access/evaluator.ts';
import { type NotebookId, parseId } from '../protocol/ids.ts';
import { keyIn, notebookIn } from '../protocol/keys.ts';
import type { Services } from './services.ts';

export type TargetKind = 'workspace' | 'notebook' | 'trashed' | 'run' | 'result' | 'file' | 'folder';

export const WORKSPACE: Target = { kind: 'workspace' };

/** `params` are those of the address, before any schema was asked. */
export function targetOf(kind: TargetKind, params: unknown, { workspace }: Pick<Services, 'workspace'>): Target {
  const param = (name: string): string => {
    const value: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
    return typeof value === 'string' ? value : '';
  };
  const notebook = (id: NotebookId | undefined): Target => ({
    kind: 'notebook',
    notebook: id,
    path: id === undefined ? undefined : workspace.get(id)?.path,
  });
  switch (kind) {
    case 'workspace':
      return WORKSPACE;
    case 'notebook':
      return notebook(parseId<NotebookId>(param('id')));
    case 'trashed': {
      const id = parseId<NotebookId>(param('id'));
      return { kind: 'notebook', notebook: id, path: workspace.trash().find((one) => one.id === id)?.path };
    }
    case 'run':
    case 'result': {
      const key = keyIn(param('id'));
      return notebook(key && notebookIn(key));
    }
    case 'folder':
      return { kind: 'folder', folder: folderIn(param('path')) ?? '' };
    case 'file': {
      const folder = dataFolderOf(param('path'));
      const below = folder === '' ? '' : `${folder}/`;
      return { kind: 'data', folder, notebooks: () => workspace.list().filter(({ path }) => path.startsWith(below)) };
    }
  }
}

/** The folder of `FOLDER/access`, `''` for `access` alone; undefined for what does not end so. */
export function folderIn(path: string): string | undefined {
  const normal = path.normalize('NFC');
  if (normal === 'access') return '';
  return normal.endsWith('/access') ? normal.slice(0, -'/access'.length) : undefined;
}

/** `FOLDER/data/NAME` lies in FOLDER; whatever is no such path is refused by the workspace. */
const dataFolderOf = (path: string): string => /^(?:(.*)\/)?data\/[^/]*$/.exec(path.normalize('NFC'))?.[1] ?? '';
