/**
 * Writes `docs/reliability.md` from the recorded runs; nothing in it is typed by hand but what a figure is and how it is
 * recorded. Run it after recording: `node test/reliability/report.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Reading, type Recorded, recordedFolder } from './record.ts';

/** What each figure promises. A figure without recorded runs is listed as such. */
export const FIGURES: Readonly<
  Record<
    string,
    { readonly what: string; readonly how: string /** Shown while it does not hold. */; readonly why?: string }
  >
> = {
  R1: {
    what: 'kill -9 while four people type and others run and share: no acknowledged edit, run or role is lost, each edit is there exactly once, the server is back within 3 s, and no process is left after 2 s.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project alone test/server/rooms/kill`, and by night the same with `--project nightly`',
  },
  R2: {
    what: 'Three people on a network that cuts, delays and reorders, servers that die, edited files, disks that fail: no text is doubled or lost, and all documents end byte-equal.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project unit test/server/rooms`',
  },
  R3: {
    what: 'A store damaged at each byte and bit: its notebook opens with what it held, or is refused with the place; its bytes are kept; the others open.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project unit test/server/rooms`',
  },
  R4: {
    what: 'Storage calls that fail (full, EIO, short writes, fsync, rename), with the power or the process gone at any moment: nothing is acknowledged falsely, and all that was is there.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project unit test/server/rooms test/server/storage`',
  },
  R5: {
    what: 'Everybody × every call of the API and message of the socket × what is theirs, granted, by link, revoked and absent: exactly what the table says.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project unit test/server/access`',
  },
  R6: {
    what: 'Every route and upgrade of the app’s own inventory against every attack from the network or from another page: none is answered as the route answers, changes anything, or lets another origin read; and slow, endless and two-faced connections against the real server. The owner’s own calls get through beside them.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project unit test/server/http/{doors,headers,limits}.test.ts`',
  },
  R7: {
    what: 'Attacks on the enclosure of each interpreter and reader, and on each language: none may reach anything. Each has a control that does the lawful thing in the same place by the same means, and must succeed.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project system test/interpreters/probes`',
  },
  R8: {
    what: 'One who takes too much beside one who types: the run ends at most 3 s past its limit, its memory stays within 1.25 times the limit, edits of the other are acknowledged within 300 ms (p99), and the server lives.',
    how: '`node test/reliability/r8.ts --record` on a built checkout',
  },
  R10: {
    what: 'What is hostile in Markdown, HTML, drawings, charts, names, errors, tables, terminal text, front matter, histories and completions, in a real Chromium: no script runs in the page, nobody is asked for anything, no window opens and the page stays. Each mechanism of markup fires where nothing stands in its way; each at each place is a case, since each place brings text to the page in its own way.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project system test/client/hostile`',
  },
  R11: {
    what: 'Ways out of a folder, wherever a path or a name comes from outside (calls over raw sockets, bodies, links, code, results, spreadsheets, backups), and ways inside for requests that the server makes for somebody (addresses, spellings, names, redirects, the proxy of granted hosts): nothing outside is read, made, changed or connected to. Each has a control that takes the same way to a lawful end.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project unit --project system test/server/paths test/server/network/ssrf.test.ts`',
  },
  R13: {
    what: 'What is nearly right, by the thousand and in every form that comes from outside: nothing breaks (no 5xx, no unheard rejection, no fault told in the log), whoever opens the document sees what the server has, somebody beside it is served rightly, and the heap stays flat.',
    how: '`GONDOLA_RECORD=1 npx vitest run --project unit test/server/fuzz`, and by night a hundred times as many with `--project nightly`',
  },
  R14: {
    what: '500 people on 50 notebooks make 2,000 edits a second: each is acknowledged, within 10 ms (p50) and 100 ms (p99), and found exactly once in the server and in every page that is open; the server stays below 500 MB.',
    how: '`node test/reliability/r14.ts --seconds 60 --record`, and with 600 seconds',
  },
  R15: {
    what: 'A workspace of 10,000 notebooks: the server starts within 3 s, and one of 200 paragraphs opens whole within 500 ms (p95).',
    how: '`node test/reliability/r15.ts --record`',
  },
  Admission: {
    what: 'Two notebooks that take all they are given, on a budget of 4 GB: a third person’s `select 1` is done within 300 ms (p95), and a run that has to wait says what for.',
    how: '`node test/reliability/admission.ts --record`',
  },
  Soak: {
    what: 'Half an hour of people who type, run all languages, cancel, restart, download, look at charts, come and go: memory, descriptors and processes of the server stay flat.',
    how: '`node test/reliability/soak.ts --minutes 30 --record`',
  },
};

export function readRecorded(root: string): readonly Recorded[] {
  const folder = recordedFolder(root);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recorded);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const passes = ({ value, most }: Reading): boolean => most === undefined || value <= most;
const holds = (parts: readonly Recorded[]): boolean =>
  parts.every(({ counts, readings = [] }) => counts.every(({ failed }) => failed === 0) && readings.every(passes));
const table = (head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] => [
  `| ${head.join(' | ')} |`,
  `|${'---|'.repeat(head.length)}`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
];

/** Those with a number in its order, then the others. */
const placeOf = (figure: string): number => (/^R\d+$/.test(figure) ? Number(figure.slice(1)) : Number.MAX_SAFE_INTEGER);

export function renderReport(all: readonly Recorded[]): string {
  const figures = [...new Set([...Object.keys(FIGURES), ...all.map(({ figure }) => figure)])].sort(
    (a, b) => placeOf(a) - placeOf(b),
  );
  const lines = [
    '# Reliability',
    '',
    'Written by `node test/reliability/report.ts` from `test/reliability/recorded/`; do not edit. Each figure with the count of its',
    'cases, as the named run found them. The night took 109 minutes for the kills of R1, 16 for the million cases of R13, ten for R14 and',
    'thirty for the soak, each run by itself on two cores that had other work beside it, but for R14.',
    '',
    ...table(
      ['figure', 'cases', 'failed', ''],
      figures.map((figure) => {
        const parts = all.filter((one) => one.figure === figure);
        const counts = parts.flatMap((one) => one.counts);
        const failed = sum(counts.map((one) => one.failed));
        return [
          figure,
          String(sum(counts.map((one) => one.cases))),
          String(failed),
          parts.length === 0 ? 'not recorded' : holds(parts) ? 'held' : '**not held**',
        ];
      }),
    ),
  ];
  for (const figure of figures)
    lines.push(
      '',
      ...section(
        figure,
        all.filter((one) => one.figure === figure),
      ),
    );
  return `${lines.join('\n')}\n`;
}

function section(figure: string, parts: readonly Recorded[]): readonly string[] {
  const known = FIGURES[figure];
  const lines: string[] = [`## ${figure}`, ''];
  if (known) lines.push(known.what, '', `Recorded by ${known.how}.`, '');
  if (known?.why && parts.length > 0 && !holds(parts)) lines.push(`Not held: ${known.why}`, '');
  const classes = [...new Set(parts.flatMap(({ counts }) => counts.map((one) => one.class)))];
  if (classes.length > 0)
    lines.push(
      ...table(
        ['class', ...parts.map(({ part }) => part)],
        [
          ...classes.map((name) => [
            name,
            ...parts.map((part) => cell(part.counts.filter((one) => one.class === name))),
          ]),
          ['**all**', ...parts.map((part) => `**${cell(part.counts)}**`)],
        ],
      ),
      '',
    );
  for (const { part, readings = [] } of parts) {
    if (readings.length === 0) continue;
    lines.push(
      ...table(
        [part, 'measured', 'at most', ''],
        readings.map((one) => [
          one.what,
          `${one.value} ${one.unit}`,
          one.most === undefined ? '–' : `${one.most} ${one.unit}`,
          passes(one) ? '' : '**more**',
        ]),
      ),
      '',
    );
  }
  for (const text of new Set(parts.flatMap(({ untried = [] }) => untried))) lines.push(`- Not tried: ${text}.`);
  if (lines.at(-1)?.startsWith('-')) lines.push('');
  if (parts.length > 0)
    lines.push(
      ...table(
        ['run', 'commit', 'date', 'machine', 'load'],
        parts.map(({ part, commit, date, machine, load }) => [part, commit, date, machine, load.toFixed(2)]),
      ),
    );
  return lines;
}

/** `12`, or `2 of 12 failed`. */
function cell(counts: Recorded['counts']): string {
  const cases = sum(counts.map((one) => one.cases));
  const failed = sum(counts.map((one) => one.failed));
  return cases === 0 ? '–' : failed === 0 ? String(cases) : `${failed} of ${cases} failed`;
}

if (process.argv[1] === import.meta.filename) {
  const root = join(import.meta.dirname, '..', '..');
  writeFileSync(join(root, 'docs', 'reliability.md'), renderReport(readRecorded(root)));
}
