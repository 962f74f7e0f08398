/** Every operation of the API, in the order of its documentation. */
import type { Route } from './route.ts';
import { accessRoutes } from './routes/access.ts';
import { costRoutes } from './routes/costs.ts';
import { fileRoutes } from './routes/files.ts';
import { formRoutes } from './routes/forms.ts';
import { graphRoutes } from './routes/graph.ts';
import { keptRoutes } from './routes/kept.ts';
import { linkRoutes } from './routes/links.ts';
import { notebookRoutes } from './routes/notebooks.ts';
import { peopleRoutes } from './routes/people.ts';
import { pictureRoutes } from './routes/pictures.ts';
import { pivotRoutes } from './routes/pivot.ts';
import { publishedRoutes } from './routes/published.ts';
import { renameRoutes } from './routes/rename.ts';
import { reportRoutes } from './routes/report.ts';
import { resultRoutes } from './routes/results.ts';
import { runRoutes } from './routes/runs.ts';
import { sessionRoutes } from './routes/session.ts';
import { textRoutes } from './routes/text.ts';
import { trashRoutes } from './routes/trash.ts';
import { versionRoutes } from './routes/versions.ts';
import { workspaceRoutes } from './routes/workspace.ts';

export const routes: readonly Route[] = [
  ...workspaceRoutes,
  ...notebookRoutes,
  ...publishedRoutes,
  ...reportRoutes,
  ...pictureRoutes,
  ...formRoutes,
  ...textRoutes,
  ...versionRoutes,
  ...trashRoutes,
  ...runRoutes,
  ...sessionRoutes,
  ...graphRoutes,
  ...keptRoutes,
  ...renameRoutes,
  ...costRoutes,
  ...resultRoutes,
  ...pivotRoutes,
  ...fileRoutes,
  ...accessRoutes,
  ...linkRoutes,
  ...peopleRoutes,
];
