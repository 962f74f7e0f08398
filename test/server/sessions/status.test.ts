import { describe, expect, it } from 'vitest';
import type { NotebookId, SessionId } from '../../../server/protocol/ids.ts';
import type { SessionStatus } from '../../../server/protocol/messages.ts';
import { openStatuses } from '../../../server/sessions/status.ts';

const notebook = 'n' as NotebookId;
const status = (state: SessionStatus['state'], memory: number): SessionStatus => ({
  id: 's' as SessionId,
  state,
  memory,
  isolation: 'none',
  timeZone: 'UTC',
});

describe('the status of a session', () => {
  it('is told at each change of state, and of memory only when that is much and some time ago', () => {
    let now = 0;
    const seen: string[] = [];
    const statuses = openStatuses(() => now);
    const release = statuses.listen((_, { state, memory }) => seen.push(`${state} ${memory}`));
    statuses.tell(notebook, status('starting', 0), 'state');
    statuses.tell(notebook, status('running', 100), 'state');
    statuses.tell(notebook, status('running', 100), 'state');
    now = 500;
    statuses.tell(notebook, status('running', 900), 'memory');
    now = 1500;
    statuses.tell(notebook, status('running', 102), 'memory');
    statuses.tell(notebook, status('running', 300), 'memory');
    statuses.tell(notebook, status('idle', 300), 'state');
    expect(seen).toEqual(['starting 0', 'running 100', 'running 300', 'idle 300']);
    release();
    statuses.tell(notebook, status('none', 0), 'state');
    expect(seen.length).toBe(4);
  });
});
