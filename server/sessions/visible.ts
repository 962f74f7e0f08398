/**
 * What of the workspace a notebook's code may see: `data/` of its folder and of the folders above, nearest first for each
 * name, and `data/NOTEBOOK/` to write in. Pure: folders and their entries in, a view out.
 *
 * One contributing folder is shown whole, so that what comes and goes in it is seen at once and `data/**` works. Of
 * several, each visible entry is a link in a folder of the server's own, which can be refreshed under a living process.
 */
export type DataFolder = {
  /** Relative to the workspace, `''` for its top. */
  readonly folder: string;
  /** The real path of its `data`. */
  readonly host: string;
  /** Changes when another folder takes its place: a bind mount would still show the old one. */
  readonly identity: string;
  readonly entries: readonly string[];
};

export type View =
  | { readonly kind: 'empty' }
  | { readonly kind: 'whole'; readonly folder: DataFolder }
  | {
      readonly kind: 'entries';
      readonly folders: readonly DataFolder[];
      /** Name → index into `folders`. */
      readonly entries: ReadonlyMap<string, number>;
    };

/** Links in one view; a folder of more files is better read by a glob of its own folder than by `data/`. */
export const MAX_ENTRIES = 50_000;

const NOTEBOOK = '.nb.md';
const hidden = (name: string): boolean => name.endsWith(NOTEBOOK) || name === '.gondola';

/** Nearest first. `a/b/report.nb.md` sees `a/b/data`, `a/data`, `data`. */
export function foldersAbove(notebook: string): readonly string[] {
  const parts = notebook.split('/').slice(0, -1);
  return [...parts.keys(), parts.length].reverse().map((length) => parts.slice(0, length).join('/'));
}

/** The notebook's own folder is `data/` and this. */
export function ownName(notebook: string): string {
  const name = notebook.slice(notebook.lastIndexOf('/') + 1);
  return name.endsWith(NOTEBOOK) ? name.slice(0, -NOTEBOOK.length) : name;
}

export function viewOf(folders: readonly DataFolder[]): View {
  const [first, ...others] = folders;
  if (!first) return { kind: 'empty' };
  if (others.length === 0 && !first.entries.some(hidden)) return { kind: 'whole', folder: first };
  const entries = new Map<string, number>();
  folders.forEach((folder, index) => {
    for (const name of folder.entries) {
      if (!hidden(name) && !entries.has(name) && entries.size < MAX_ENTRIES) entries.set(name, index);
    }
  });
  return { kind: 'entries', folders, entries };
}

/** A process started under another key sees other folders: it must be started again. */
export function mountKey(view: View, own: string | undefined): string {
  const folders = view.kind === 'empty' ? [] : view.kind === 'whole' ? [view.folder] : view.folders;
  return JSON.stringify([view.kind, folders.map(({ host, identity }) => [host, identity]), own ?? null]);
}

/** The folder, relative to the workspace, in whose `data/` the path `data/NAME…` is found. */
export function folderOf(view: View, path: string): string | undefined {
  const name = path.split('/')[1];
  if (!path.startsWith('data/') || name === undefined || view.kind === 'empty') return undefined;
  if (view.kind === 'whole') return view.folder.folder;
  const index = view.entries.get(name);
  return index === undefined ? undefined : view.folders[index]?.folder;
}

/** Whether a text writes, or may write, into the notebook's own folder: it is made then, and not before. */
export function mentionsOwn(source: string, own: string): boolean {
  return source.includes(`data/${own}/`);
}
