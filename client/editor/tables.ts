/**
 * The tables of a notebook as they come and go, for editors: asked for at once, and again whenever a run has ended, the
 * session is another, or a paragraph was named or deleted. One question is under way at a time.
 */
import type * as Y from 'yjs';
import { paragraphsOf } from '../../server/protocol/document.ts';
import type { SessionTable } from '../../server/protocol/messages.ts';
import type { LiveEvent, LiveNotebook } from '../live/contract.ts';

export type TablesLine = Pick<LiveNotebook, 'doc' | 'on' | 'tables' | 'save'>;

/** Runs of one request end one behind the other: what they made is asked for once, and within a second. */
const SETTLE_MS = 200;

const AWAY: ReadonlySet<string> = new Set(['opening', 'offline', 'closed']);

/** Returns the release. */
export function followTables(live: TablesLine, tell: (tables: readonly SessionTable[]) => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asking = false;
  let wanted = false;
  let over = false;

  async function ask(): Promise<void> {
    if (over) return;
    wanted = asking;
    if (asking) return;
    asking = true;
    const tables = await live.tables().catch(() => undefined);
    asking = false;
    if (over) return;
    // Without a line there is no answer, which does not mean that there are no tables.
    if (tables && !AWAY.has(live.save.state)) tell(tables);
    if (wanted) await ask();
  }
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void ask(), SETTLE_MS);
  };
  const release = watchTables(live, soon);
  void ask();
  return () => {
    over = true;
    clearTimeout(timer);
    release();
  };
}

/** Calls when tables may have come, changed or gone. Returns the release. */
export function watchTables(live: Pick<TablesLine, 'doc' | 'on'>, changed: () => void): () => void {
  const observe = (events: readonly Y.YEvent<Y.AbstractType<unknown>>[]): void => {
    if (events.some(({ path, keys }) => path.length === 1 && (keys.has('name') || keys.has('deleted')))) changed();
  };
  const release = live.on((event) => {
    if (mayChange(event)) changed();
  });
  const paragraphs = paragraphsOf(live.doc);
  paragraphs.observeDeep(observe);
  return () => {
    release();
    paragraphs.unobserveDeep(observe);
  };
}

function mayChange(event: LiveEvent): boolean {
  switch (event.type) {
    case 'run':
      return event.events.some(({ type }) => type === 'ended');
    case 'session':
      return event.session.state === 'idle' || event.session.state === 'none';
    case 'runs':
    case 'visitor':
      return true;
    default:
      return false;
  }
}
