/** The commands that need a page: dialogs, panels, the clipboard, other addresses. */

import type { ParagraphId } from '../../server/protocol/ids.ts';
import { createNotebook } from '../api.ts';
import { nextTheme } from '../parts/theme.ts';
import { clock } from '../parts/time.ts';
import { folderOf, newNotebookPath, notebookPath } from '../route.ts';
import { words } from '../words/en.ts';
import type { PageCommand } from './commands.ts';
import type { NotebookContext } from './context.ts';
import { runs } from './interpreters.ts';
import { sectionOf } from './place.ts';
import { isBusy, restart } from './restart.ts';

export function performPage(
  notebook: NotebookContext,
  savedAt: () => number | undefined,
  command: PageCommand,
  at: ParagraphId | undefined,
  /** Of the caret, where that is meant. */
  offset?: number,
): void {
  const { toasts, router, theme } = notebook.app;
  switch (command) {
    case 'palette':
    case 'keys':
      notebook.setOver(command);
      return;
    case 'find':
      notebook.setFinding(true);
      return;
    case 'save':
      toasts.show({ key: 'save', ...tellSaved(notebook, savedAt()) });
      return;
    case 'tables':
      notebook.setPanel(notebook.panel() === 'tables' ? 'none' : 'tables');
      return;
    case 'runs':
      lookAtRuns(notebook, at);
      return;
    case 'graph':
      notebook.wantDepends();
      notebook.setPanel(notebook.panel() === 'graph' ? 'none' : 'graph');
      return;
    case 'run-needs':
      if (at) notebook.focus.select(at);
      if (notebook.focus.at()) notebook.setOver('run-needs');
      return;
    case 'use-kept': {
      const id = at ?? notebook.focus.at();
      if (id && !notebook.depends()?.use(id)) toasts.show({ key: 'kept', text: words.runs.noneKept });
      return;
    }
    case 'run-stale':
      notebook.setOver('run-stale');
      return;
    case 'history':
      notebook.setPanel(notebook.panel() === 'history' ? 'none' : 'history');
      return;
    case 'interrupt':
      if (!isBusy(notebook)) toasts.show({ key: 'session', text: words.runs.nothingRuns });
      else {
        notebook.live.interrupt();
        toasts.show({ key: 'session', text: words.runs.asked });
      }
      return;
    case 'restart':
      if (notebook.role() !== 'runner') restart(notebook, false);
      return;
    case 'restart-clear':
      if (notebook.role() !== 'runner') notebook.setOver('clear');
      return;
    case 'discard':
      // A runner's restart ends their own session; a writer's would end everybody's.
      if (notebook.role() !== 'runner') notebook.forms.view.reset();
      else if (notebook.visitor()) notebook.live.restart(true);
      return;
    case 'theme':
      theme.set(nextTheme(theme.theme()));
      return;
    case 'rename':
      if (!notebook.app.account) notebook.setOver('name');
      return;
    case 'embed':
      if (at && notebook.role() === 'owner') {
        notebook.focus.select(at);
        notebook.setOver('embed');
      }
      return;
    case 'share':
      if (notebook.role() === 'owner') notebook.setOver('share');
      return;
    case 'forms':
      notebook.setOver('forms');
      return;
    case 'title':
      document.querySelector<HTMLElement>('[data-title]')?.focus();
      return;
    case 'home':
      router.go('/');
      return;
    case 'new-notebook':
      openNew(notebook);
      return;
    case 'download':
      download(notebook);
      return;
    case 'download-report':
      void import('../report/save.ts').then(({ downloadReport }) =>
        downloadReport(notebook.live.id, notebook.forms.view.forReport()),
      );
      return;
    case 'name':
      if (at) sectionOf(document, at)?.querySelector<HTMLElement>('[data-name-of]')?.click();
      return;
    case 'format':
      if (at) void format(notebook, at);
      return;
    case 'rename-result':
      if (at) notebook.setOver({ paragraph: at, ...(offset === undefined ? {} : { offset }) });
      return;
    case 'widen':
      if (at) notebook.toggleWide(at);
      return;
    case 'copy-link':
      if (at) void copyLink(notebook, at);
      return;
  }
}

export function tellSaved(
  notebook: Pick<NotebookContext, 'save' | 'path'>,
  savedAt: number | undefined,
): { readonly text: string; readonly hint: string } {
  const save = notebook.save();
  const hint = notebook.path() === '' ? '' : words.save.where(notebook.path());
  if (save.state === 'saved') {
    return { text: savedAt === undefined ? words.save.saved : words.save.lastSaved(clock(savedAt, Date.now())), hint };
  }
  const unsent = 'unsent' in save ? save.unsent : 0;
  const keeping = 'keeping' in save ? save.keeping : 'writing';
  if (save.state === 'opening') return { text: words.save.opening, hint };
  if (save.state === 'read-only') return { text: words.save.readOnlyTitle, hint: save.why };
  if (save.state === 'closed') return { text: words.save.closedTitle, hint: save.message };
  return unsent > 0
    ? { text: words.save.unsent(unsent, keeping), hint }
    : { text: words.save.offlineTitle, hint: words.save.offlineHint };
}

function lookAtRuns(notebook: NotebookContext, at: ParagraphId | undefined): void {
  if (at === undefined || !runs(notebook.document.paragraph(at).interpreter())) return;
  notebook.focus.select(at);
  notebook.setOver('runs');
}

async function openNew(notebook: NotebookContext): Promise<void> {
  const folder = folderOf(notebook.path());
  const answer = await createNotebook({ folder });
  if (answer.ok) notebook.app.router.go(newNotebookPath(answer.value));
  else notebook.app.toasts.show({ text: answer.problem.message, hint: answer.problem.hint ?? '', tone: 'bad' });
}

async function format(notebook: NotebookContext, at: ParagraphId): Promise<void> {
  const { toasts } = notebook.app;
  try {
    const { formatParagraph } = await import('../editor/format/format.ts');
    const outcome = await formatParagraph(notebook, at);
    if (outcome === 'left' || outcome === 'none' || outcome === 'busy')
      toasts.show({ key: 'format', text: words.formatting[outcome] });
  } catch {
    // Its file can't be had: the server is away.
    toasts.show({ key: 'format', text: words.problem.network, hint: words.problem.networkHint, tone: 'bad' });
  }
}

function download(notebook: NotebookContext): void {
  const link = document.createElement('a');
  link.href = `/api/v1/notebooks/${notebook.live.id}/text`;
  link.download = notebook.path().slice(notebook.path().lastIndexOf('/') + 1) || 'notebook.nb.md';
  document.body.append(link);
  link.click();
  link.remove();
}

async function copyLink(notebook: NotebookContext, at: ParagraphId): Promise<void> {
  const link = `${location.origin}${notebookPath(notebook.live.id)}${location.search}#${at}`;
  history.replaceState(history.state, '', `#${at}`);
  try {
    await navigator.clipboard.writeText(link);
    notebook.app.toasts.show({ key: 'link', text: words.paragraph.linkCopied, hint: link });
  } catch {
    // The clipboard is refused without a permission or TLS; the address bar has the link.
    notebook.app.toasts.show({ key: 'link', text: link });
  }
}
