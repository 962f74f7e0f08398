/**
 * What the live socket asks of runs, sessions and the workspace (`handlers.ts`), answered by the real ones. Each answer
 * belongs to one notebook; nothing here decides who may ask.
 */
import type { Principal } from './access/principal.ts';
import { AppError } from './errors.ts';
import type { LiveHandlers, RunsWatcher, WatchedRuns, Whose } from './handlers.ts';
import { paragraphMap, paragraphsOf } from './protocol/document.ts';
import { formsIn } from './protocol/forms/document.ts';
import { changedForms } from './protocol/forms/read.ts';
import type { Form } from './protocol/forms.ts';
import type { NotebookId } from './protocol/ids.ts';
import type { SessionStatus } from './protocol/messages.ts';
import type { Run } from './protocol/runs.ts';
import type { Room, Rooms } from './rooms/contract.ts';
import { fill, type RawValues } from './runs/inputs.ts';
import type { NotebookRuns } from './runs/notebook.ts';
import type { Runs } from './runs/runs.ts';
import type { Sessions } from './sessions/contract.ts';
import type { Choices } from './visitors/choices.ts';
import { openWith } from './visitors/chosen.ts';
import type { Visitors } from './visitors/visitors.ts';
import type { Workspace } from './workspace/contract.ts';

export type LiveParts = {
  readonly rooms: Pick<Rooms, 'loaded'>;
  readonly runs: Pick<Runs, 'of' | 'peek'>;
  readonly visitors: Pick<Visitors, 'open' | 'find' | 'idle' | 'endUnused' | 'watch' | 'status' | 'end'>;
  readonly choices: Pick<Choices, 'lacking'>;
  readonly sessions: Pick<Sessions, 'status' | 'onStatus' | 'complete' | 'check' | 'tables' | 'startAhead'>;
  readonly workspace: Pick<Workspace, 'get' | 'on'>;
};

export function liveHandlers({ rooms, runs, visitors, choices, sessions, workspace }: LiveParts): LiveHandlers {
  const interpreterOf = (notebook: NotebookId, paragraph: string): string => {
    const room = rooms.loaded(notebook);
    const found = room && paragraphMap(room.doc, paragraph)?.get('interpreter');
    if (typeof found !== 'string') throw new AppError('not-found', 'paragraph');
    return found;
  };
  /** The interpreters of these paragraphs, or of all, those of prose included. */
  const interpretersOf = (notebook: NotebookId, paragraphs?: Iterable<string>): readonly string[] => {
    const doc = rooms.loaded(notebook)?.doc;
    if (!doc) return [];
    const found = new Set<string>();
    for (const id of paragraphs ?? paragraphsOf(doc).keys()) {
      const paragraph = paragraphMap(doc, id);
      const interpreter = paragraph?.get('deleted') === undefined ? paragraph?.get('interpreter') : undefined;
      if (typeof interpreter === 'string') found.add(interpreter);
    }
    return [...found];
  };
  /** What is there to stop: nothing where the visitor has no session. */
  const runsOf = async (notebook: NotebookId, whose: Whose): Promise<NotebookRuns | undefined> =>
    whose === 'writers' ? runs.of(notebook) : visitors.find(notebook, whose);
  /** Who watches runs: each notebook's are listened to once for all of them. */
  const watched = new Map<NotebookRuns, { readonly watchers: Set<RunsWatcher>; readonly release: () => void }>();
  function watch(open: NotebookRuns, watcher: RunsWatcher): void {
    const known = watched.get(open) ?? listen(open);
    watched.set(open, known);
    known.watchers.add(watcher);
  }
  function listen(open: NotebookRuns): { readonly watchers: Set<RunsWatcher>; readonly release: () => void } {
    const watchers = new Set<RunsWatcher>();
    const { release } = open.attach((events) => {
      for (const watcher of watchers) watcher.events(events);
    });
    return { watchers, release };
  }
  function unwatch(open: NotebookRuns, watcher: RunsWatcher): void {
    const known = watched.get(open);
    if (!known?.watchers.delete(watcher) || known.watchers.size > 0) return;
    watched.delete(open);
    known.release();
  }
  /** Rooms whose edits are followed, once for all who are in them. */
  const followed = new Map<Room, { users: number; readonly release: () => void }>();
  function enter(notebook: NotebookId, room: Room, open: NotebookRuns): void {
    const known = followed.get(room);
    if (known) known.users += 1;
    else followed.set(room, { users: 1, release: follow(notebook, room, open) });
  }
  function left(room: Room | undefined): void {
    const known = room && followed.get(room);
    if (!known) return;
    known.users -= 1;
    if (known.users > 0) return;
    followed.delete(room);
    known.release();
  }
  function follow(notebook: NotebookId, room: Room, open: NotebookRuns): () => void {
    const started = new Set<string>();
    return room.onChange(({ paragraphs }) => {
      // A queued run whose paragraph is deleted ends at once.
      open.changed();
      const added = interpretersOf(notebook, paragraphs).filter((interpreter) => !started.has(interpreter));
      for (const interpreter of added) started.add(interpreter);
      if (added.length > 0) sessions.startAhead(notebook, added);
    });
  }
  const shared: Shared = {
    status: (notebook, visitor) => visitors.status(notebook, visitor),
    left({ open, watcher, room }) {
      left(room);
      unwatch(open, watcher);
    },
  };
  return {
    path: (notebook) => workspace.get(notebook)?.path,
    onRenamed: (notebook, listener) =>
      workspace.on((event) => {
        if (event.type === 'renamed' && event.notebook.id === notebook) listener(event.notebook.path);
      }),
    async watchRuns(notebook, visitor, watcher) {
      const open = await runs.of(notebook);
      const room = rooms.loaded(notebook);
      if (room) enter(notebook, room, open);
      const own = visitors.watch(notebook, visitor, watcher);
      watch(open, watcher);
      return new Watch(shared, { visitor, open, own, room, watcher });
    },
    session: (notebook) => sessions.status(notebook),
    onSession: (notebook, listener) =>
      sessions.onStatus((changed, status) => {
        if (changed === notebook) listener(status);
      }),
    async run(notebook, { request, by, paragraphs, ordered = false, use, may, forms = {}, principal }, whose) {
      // Without a turn in between: what runs is what is written now. A visitor writes nothing that it could come before.
      const own = whose === 'writers' && hasOwnValues(rooms.loaded(notebook), forms);
      const visited = () => (whose === 'writers' ? undefined : visitors.find(notebook, whose));
      const tables = async () => (visited() ?? (await runs.of(notebook))).tables();
      const declared = formsOf(rooms.loaded(notebook));
      // Who is here sees the notebook whole, and its queries.
      const chosen = { notebook, forms: declared, raw: forms, tables, principal, whole: true };
      const open = own
        ? (runs.peek(notebook) ?? (await runs.of(notebook)))
        : await openWith(chosen, { choices, visitors });
      const asked = await open.ask({
        request,
        by,
        forms,
        ordered,
        ...(paragraphs ? { paragraphs } : {}),
        ...(use ? { use } : {}),
        ...(may ? { may } : {}),
      });
      return asked.runs;
    },
    async cancel(notebook, run, whose) {
      (await runsOf(notebook, whose))?.cancel(run);
    },
    async interrupt(notebook, whose) {
      (await runsOf(notebook, whose))?.interrupt();
    },
    async restart(notebook, clear, whose) {
      if (whose === 'writers') await (await runs.of(notebook)).restart(clear);
      else await visitors.end(notebook, whose);
    },
    async complete(notebook, { paragraph, text, offset }) {
      const tables = await (await runs.of(notebook)).tables();
      return sessions.complete(notebook, interpreterOf(notebook, paragraph), text, offset, tables);
    },
    async check(notebook, { paragraph, text }) {
      const tables = await (await runs.of(notebook)).tables();
      const doc = rooms.loaded(notebook)?.doc;
      const forms = doc ? formsIn(doc).forms : [];
      const interpreter = interpreterOf(notebook, paragraph);
      const found = await sessions.check(notebook, interpreter, text, fill(forms).inputs, tables);
      return found?.map(({ fix: _, detail: __, ...fault }) => fault);
    },
    async tables(notebook, whose) {
      // The writers' engine is asked for nobody else, nor started.
      if (whose !== 'writers') return (visitors.find(notebook, whose) ?? (await runs.of(notebook))).published();
      return sessions.tables(notebook, await (await runs.of(notebook)).tables());
    },
    opened: (notebook) => sessions.startAhead(notebook, interpretersOf(notebook)),
  };
}

/** Whether these values of its forms are the notebook's own. Throws AppError where they are none. */
function hasOwnValues(room: Room | undefined, raw: RawValues): boolean {
  const forms = formsOf(room);
  return changedForms(forms, fill(forms, raw).values).length === 0;
}

const formsOf = (room: Room | undefined): readonly Form[] => (room ? formsIn(room.doc).forms : []);

type Viewer = {
  readonly visitor: Principal;
  readonly open: NotebookRuns;
  readonly own: ReturnType<Visitors['watch']>;
  readonly room: Room | undefined;
  readonly watcher: RunsWatcher;
};
/** What all viewers have in common. */
type Shared = {
  readonly status: Visitors['status'];
  left(viewer: Viewer): void;
};

/** One viewer's. A class, as there are thousands: each function of an object would be another object. */
class Watch implements WatchedRuns {
  readonly #shared: Shared;
  readonly #viewer: Viewer;

  constructor(shared: Shared, viewer: Viewer) {
    this.#shared = shared;
    this.#viewer = viewer;
  }

  latest(): readonly Run[] {
    return [...this.#viewer.open.latest(), ...this.#viewer.own.latest()];
  }

  visitor(): SessionStatus | undefined {
    const { open, visitor } = this.#viewer;
    return this.#shared.status(open.id, visitor);
  }

  release(): void {
    this.#shared.left(this.#viewer);
    this.#viewer.own.release();
  }
}
