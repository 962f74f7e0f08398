/** What is typed on the server's machine to let others on its network in. Whoever may not know the folder is told its place. */
export const serveCommand = (folder: string | undefined): string =>
  `npx gondola serve ${folder === undefined ? 'DIR' : quoted(folder)} --lan`;

const quoted = (path: string): string => (/^[\w./@%+,:-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`);
