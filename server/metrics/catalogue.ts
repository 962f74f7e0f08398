/**
 * What is counted and timed, for `/metrics`: names end in their unit or `_total`, as Prometheus wants it. `docs/operating.md`
 * lists all of them and is compared with what a server answers by a test. No label ever holds an id, a name or a path.
 */

/** From an append on a fast disk to one that waits for a slow or busy one. Seconds. */
const LATENCY = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.3, 1, 3, 10];
/** From a small query to one over night. Seconds. */
const WORK = [0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 10_000];

type Counted = { readonly kind: 'counter'; readonly help: string; readonly labels: readonly string[] };
type Timed = {
  readonly kind: 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  readonly buckets: readonly number[];
};

export const METERS = {
  http_requests_total: { kind: 'counter', help: 'HTTP requests answered.', labels: ['method', 'status'] },
  http_request_duration_seconds: {
    kind: 'histogram',
    help: 'HTTP requests from their headers to the end of the answer.',
    labels: [],
    buckets: LATENCY,
  },
  edit_acknowledgement_duration_seconds: {
    kind: 'histogram',
    help: 'Edits from when they were read to when they are durable and applied, and so acknowledged.',
    labels: [],
    buckets: LATENCY,
  },
  log_sync_duration_seconds: {
    kind: 'histogram',
    help: 'Syncs of logs: what an edit waits for.',
    labels: [],
    buckets: LATENCY,
  },
  runs_total: { kind: 'counter', help: 'Runs that ended, by how.', labels: ['interpreter', 'state'] },
  run_duration_seconds: {
    kind: 'histogram',
    help: 'Runs from their start to their end.',
    labels: ['interpreter'],
    buckets: WORK,
  },
  run_wait_duration_seconds: {
    kind: 'histogram',
    help: 'Runs from when they were asked for to their start.',
    labels: [],
    buckets: WORK,
  },
  session_ends_total: {
    kind: 'counter',
    help: 'Processes of sessions that the server ended: at which limit, or idle, unused, or for room.',
    labels: ['reason'],
  },
  result_evictions_total: { kind: 'counter', help: 'Results removed to keep the budgets.', labels: [] },
} as const satisfies Readonly<Record<string, Counted | Timed>>;

export type Meter = keyof typeof METERS;
export type Counter = { [Name in Meter]: (typeof METERS)[Name]['kind'] extends 'counter' ? Name : never }[Meter];
export type Histogram = Exclude<Meter, Counter>;
