/** `docs/operating.md` and the dashboard say what the program does. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type GaugeSources, takeGauges } from '../../server/gauges.ts';
import { createMetrics } from '../../server/http/metrics.ts';
import { openMeters } from '../../server/metrics/meters.ts';
import { absent } from '../support/missing.ts';

const root = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(root, 'docs', 'operating.md'), 'utf8');
const dashboard = readFileSync(join(root, 'docs', 'grafana', 'gondola.json'), 'utf8');

const sources: GaugeSources = {
  version: '1.2.3',
  notebooks: () => 3,
  documents: () => 2,
  sockets: () => 1,
  visitors: () => 0,
  runs: { active: () => [] },
  sessions: {
    processes: () => [
      { interpreter: 'sql', state: 'idle', memory: 100 },
      { interpreter: 'sql', state: 'idle', memory: 50 },
    ],
    groups: { kind: 'none', bounds: [], why: 'a test' },
    isolationNow: () => undefined,
  },
  network: () => ({ open: 0, opened: 0, refused: 0, bytes: 0 }),
  storage: { use: () => undefined, free: async () => 1 },
  audited: new Map([['sign-in-failed', 2]]),
};
const scrape = async () => (await createMetrics(openMeters(), () => takeGauges(sources)).render()).text;
const kindsIn = (text: string) =>
  new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, kind]) => [name!, kind!]));

/** Names of metrics in PromQL: identifiers that are no function, no label and no word of the language. */
function metricsIn(expression: string): readonly string[] {
  const bare = expression
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, ' ')
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b([a-zA-Z_][a-zA-Z0-9_]*)\b(?!\s*\()/g)]
    .map(([name]) => name)
    .filter((name) => !/^(and|or|unless|bool|offset|sum|max|min|e\d+)$/.test(name));
}

describe('metrics', () => {
  it('are those of the page’s table, and no others, each with its kind', async () => {
    const told = [...kindsIn(await scrape())].filter(([name]) => name.startsWith('gondola_'));
    const listed = [...page.matchAll(/^\| `(gondola_\w+)` \| (\w+) \|/gm)].map(([, name, kind]) => [name, kind]);
    expect(listed).toEqual(told);
  });

  it('of the dashboard’s panels and of the alerts exist', async () => {
    const kinds = kindsIn(await scrape());
    const base = (name: string) => (kinds.has(name) ? name : name.replace(/_(bucket|sum|count)$/, ''));
    const panels = (JSON.parse(dashboard) as { panels: { targets?: { expr: string }[] }[] }).panels;
    const inPanels = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => metricsIn(expr)));
    const inAlerts = [...page.matchAll(/^ +expr: (.+)$/gm)].flatMap(([, expression]) => metricsIn(expression!));
    expect(inPanels.length).toBeGreaterThan(25);
    expect(inAlerts.length).toBeGreaterThan(6);
    const unknown = [...inPanels, ...inAlerts].filter((name) => name !== 'up' && !kinds.has(base(name)));
    expect(unknown).toEqual([]);
  });

  it('tell what the parts say', async () => {
    const text = await scrape();
    expect(text).toContain('gondola_session_processes{interpreter="sql",state="idle"} 2\n');
    expect(text).toContain('gondola_audit_events_total{event="sign-in-failed"} 2\n');
    expect(text).toContain('gondola_control_groups{version="none"} 1\n');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });
});

it('the dashboard is one that Grafana imports: ids once, a grid without overlaps, a data source to choose', () => {
  const { panels, schemaVersion, templating, uid } = JSON.parse(dashboard) as {
    panels: { id: number; type: string; title: string; gridPos: { x: number; y: number; w: number; h: number } }[];
    schemaVersion: number;
    uid: string;
    templating: { list: { name: string; type: string }[] };
  };
  expect(schemaVersion).toBeGreaterThanOrEqual(36);
  expect(uid).toBe('gondola');
  expect(templating.list.map(({ name, type }) => [name, type])).toContainEqual(['datasource', 'datasource']);
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  const taken = new Set<string>();
  for (const { gridPos, type, title } of panels) {
    expect(['row', 'timeseries', 'stat']).toContain(type);
    expect(title).not.toBe('');
    expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        expect(taken.has(`${x} ${y}`)).toBe(false);
        taken.add(`${x} ${y}`);
      }
  }
});

it('every event of the log that the page lists stands in the program', () => {
  const sourcesOf = (folder: string): string =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('\n');
  const program = sourcesOf(join(root, 'server'));
  const log = page.split('## The log')[1]!.split('\n## ')[0]!;
  const listed = [...log.matchAll(/^\| (`[^|]+`) \|/gm)]
    .flatMap(([, cell]) => cell!.split('`, `'))
    .map((one) => one.replaceAll('`', ''));
  expect(listed.length).toBeGreaterThan(12);
  expect(listed.filter((one) => one !== 'msg' && !program.includes(`'${one}'`))).toEqual([]);
});

describe('the unit for systemd', () => {
  const unit = /```ini\n([\s\S]*?)```/.exec(page)?.[1] ?? '';

  it('delegates its control group and lets the server say what is ended', () => {
    for (const line of ['Delegate=yes', 'OOMPolicy=continue', 'NoNewPrivileges=yes'])
      expect(unit).toContain(`${line}\n`);
    // With these the sandbox could not be made.
    expect(unit).not.toMatch(/^(RestrictNamespaces|SystemCallFilter|ProtectControlGroups|ProtectKernelTunables)=/m);
  });

  const analyze = ['/usr/bin/systemd-analyze', '/bin/systemd-analyze'].find((path) => existsSync(path));
  if (!analyze) absent('systemd-analyze, for the unit of docs/operating.md');
  it.skipIf(!analyze)('is one that systemd takes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gondola-unit-'));
    try {
      const file = join(folder, 'gondola.service');
      // Neither the program nor its user is here.
      writeFileSync(file, unit.replace('/usr/local/bin/gondola', '/bin/true').replace(/^(User|Group)=.*\n/gm, ''));
      const said = execFileSync('/bin/sh', ['-c', `${analyze} verify --man=no ${file} 2>&1; true`], {
        encoding: 'utf8',
      });
      expect(said.split('\n').filter((line) => line.includes('gondola.service'))).toEqual([]);
      writeFileSync(file, `${unit.replace('/usr/local/bin/gondola', '/bin/true')}\n[Service]\nNonsense=1\n`);
      const wrong = execFileSync('/bin/sh', ['-c', `${analyze} verify --man=no ${file} 2>&1; true`], {
        encoding: 'utf8',
      });
      expect(wrong).toContain('Nonsense');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('the proxies’ settings pass on what the server looks at', () => {
  const nginx = /```nginx\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  for (const header of [
    'Host $host',
    'Upgrade $http_upgrade',
    'X-Forwarded-For $proxy_add_x_forwarded_for',
    'X-Forwarded-Proto $scheme',
    'X-Request-Id $request_id',
  ])
    expect(nginx).toContain(`proxy_set_header ${header};`);
});
