/** The numbers of the moment for `/metrics`, taken from the parts of the server at each scrape. */
import type { Gauges } from './metrics/meters.ts';
import type { StorageWatch } from './metrics/storage.ts';
import type { NetworkCounts } from './network/network.ts';
import type { Runs } from './runs/runs.ts';
import type { OpenSessions } from './sessions/sessions.ts';

export type GaugeSources = {
  readonly version: string;
  readonly notebooks: () => number;
  readonly documents: () => number;
  readonly sockets: () => number;
  readonly visitors: () => number;
  readonly runs: Pick<Runs, 'active'>;
  readonly sessions: Pick<OpenSessions, 'processes' | 'groups' | 'isolationNow'>;
  readonly network: () => NetworkCounts;
  readonly storage: StorageWatch;
  readonly audited: ReadonlyMap<string, number>;
};

export async function takeGauges(from: GaugeSources): Promise<Gauges> {
  const active = from.runs.active();
  const processes = from.sessions.processes();
  const { open, opened, refused, bytes } = from.network();
  const use = from.storage.use();
  const free = await from.storage.free().catch(() => undefined);
  return {
    build_info: { help: 'Always 1; the version is a label.', value: [[{ version: from.version }, 1]] },
    notebooks: { help: 'Notebooks in the workspace.', value: from.notebooks() },
    documents_open: { help: 'Documents in memory.', value: from.documents() },
    sockets: { help: 'Pages connected.', value: from.sockets() },
    visitor_sessions: { help: 'Sessions that visitors have of their own.', value: from.visitors() },
    runs_running: { help: 'Runs under way.', value: active.filter(({ running }) => running).length },
    runs_queued: { help: 'Runs that wait.', value: active.reduce((sum, { queued }) => sum + queued, 0) },
    session_processes: {
      help: 'Processes of sessions, by interpreter and state.',
      value: grouped(processes.map(({ interpreter, state }) => ({ interpreter, state }))),
    },
    session_memory_bytes: {
      help: 'Memory resident in all processes of sessions, as last looked at.',
      value: processes.reduce((sum, { memory }) => sum + memory, 0),
    },
    sandbox: {
      help: 'Always 1; how code is isolated is a label, unknown until it was tried.',
      value: [[{ kind: from.sessions.isolationNow()?.kind ?? 'unknown' }, 1]],
    },
    control_groups: {
      help: 'Always 1; the version that bounds sessions is a label, none where sampling alone does.',
      value: [[{ version: from.sessions.groups.kind }, 1]],
    },
    storage_bytes: {
      help: 'What the records of notebooks take on the disk, by kind; walked every ten minutes, the first time at a scrape.',
      value: Object.entries(use ?? {}).map(([kind, taken]) => [{ kind }, taken]),
    },
    disk_free_bytes: { help: 'Free on the disk of the workspace.', value: free === undefined ? [] : free },
    network_connections_open: { help: 'Connections of paragraphs to granted hosts.', value: open },
    network_connections_opened_total: { help: 'Connections to granted hosts.', kind: 'counter', value: opened },
    network_connections_refused_total: { help: 'Connections that were refused.', kind: 'counter', value: refused },
    network_bytes_total: { help: 'Bytes that ended connections carried.', kind: 'counter', value: bytes },
    audit_events_total: {
      help: 'What the audit log was told of, failed sign-ins among it.',
      kind: 'counter',
      value: [...from.audited].map(([event, count]) => [{ event }, count]),
    },
  };
}

type Labels = Readonly<Record<string, string>>;

/** How many have the same labels. */
function grouped(all: readonly Labels[]): readonly (readonly [Labels, number])[] {
  const counts = new Map<string, [Labels, number]>();
  for (const labels of all) {
    const key = JSON.stringify(labels);
    const known = counts.get(key);
    if (known) known[1] += 1;
    else counts.set(key, [labels, 1]);
  }
  return [...counts.values()];
}
