/** What the live notebook tells, as signals. */
import { type Accessor, createSignal } from 'solid-js';
import type { FileState, Role, SessionStatus } from '../../server/protocol/messages.ts';
import type { Problem } from '../api.ts';
import type { LiveNotebook, SaveState } from '../live/contract.ts';

export type LiveView = {
  readonly save: Accessor<SaveState>;
  /** When the last edit was acknowledged. */
  readonly savedAt: Accessor<number | undefined>;
  readonly session: Accessor<SessionStatus | undefined>;
  /** The session of one's own that one's runs happen in, where that is not the notebook's. */
  readonly visitor: Accessor<SessionStatus | undefined>;
  readonly file: Accessor<FileState>;
  readonly path: Accessor<string>;
  readonly role: Accessor<Role | undefined>;
  /** How many are here whom nobody is told of. */
  readonly crowd: Accessor<number>;
  close(): void;
};

export function watchLive(
  live: Pick<LiveNotebook, 'on' | 'save'>,
  onProblem: (problem: Problem) => void,
  now: () => number,
): LiveView {
  const [save, setSave] = createSignal<SaveState>(live.save);
  const [savedAt, setSavedAt] = createSignal<number>();
  const [session, setSession] = createSignal<SessionStatus>();
  const [visitor, setVisitor] = createSignal<SessionStatus>();
  const [file, setFile] = createSignal<FileState>({ state: 'fine' });
  const [path, setPath] = createSignal('');
  const [role, setRole] = createSignal<Role>();
  const [crowd, setCrowd] = createSignal(0);
  const close = live.on((event) => {
    switch (event.type) {
      case 'save':
        if (event.save.state === 'saved') setSavedAt(now());
        setSave(event.save);
        return;
      case 'session':
        setSession(event.session);
        return;
      case 'visitor':
        setVisitor(event.session);
        return;
      case 'file':
        setFile(event.file);
        return;
      case 'crowd':
        setCrowd(event.others);
        return;
      case 'welcome':
        setPath(event.path);
        setRole(event.role);
        return;
      case 'problem':
        onProblem(event);
        return;
      case 'runs':
      case 'run':
        return;
    }
  });
  return { save, savedAt, session, visitor, file, path, role, crowd, close };
}

/** Whoever may not is shown what paragraphs show, and no other chart or pivot of their rows. */
export const mayReadRows = (role: Role | undefined): boolean => role !== 'reader' && role !== 'runner';

/** Whether runs are this person's to ask for: a runner's happen in a session of their own. */
export const mayRun = (role: Role | undefined): boolean => role !== 'reader';

/** Whether edits make sense now: also while offline, where they are kept here; not before anything is known of the notebook. */
export function isWritable(save: SaveState, role: Role | undefined): boolean {
  if (save.state === 'read-only' || save.state === 'closed' || save.state === 'opening') return false;
  return role === 'owner' || role === 'writer';
}
