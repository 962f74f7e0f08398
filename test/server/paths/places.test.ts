/** Ways out of a folder where no request is: code's own files, results, spreadsheets, backups, runs without a server. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, it } from 'vitest';
import { Failed } from '../../../interpreters/errors.ts';
import { openFiles } from '../../../interpreters/typescript/machine/files.ts';
import { convertSheet } from '../../../interpreters/xlsx/convert.ts';
import { backupWorkspace } from '../../../server/backup.ts';
import { UsageError } from '../../../server/config.ts';
import { jobOf } from '../../../server/headless/job.ts';
import { fileNames, writeWhole } from '../../../server/headless/tables.ts';
import { checkResultFile } from '../../../server/sessions/files.ts';
import { sessionFolders } from '../../../server/sessions/folders.ts';
import { copyModules } from '../../../server/sessions/modules.ts';
import { refusePath } from '../../../server/workspace/paths.ts';
import { sheetParts, textPart, zipOf } from '../../interpreters/xlsx/make.ts';
import { type Count, keep, wantsRecord } from '../../reliability/record.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const MARK = `planted-${process.pid}`;
const NEVER = new AbortController().signal;

let base: string;
const at = (path: string): string => join(base, path);
const plant = (path: string, text = MARK): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
};
const link = (path: string, to: string): void => {
  mkdirSync(dirname(at(path)), { recursive: true });
  symlinkSync(at(to), at(path));
};
const pipe = (path: string): void => void execFileSync('mkfifo', [at(path)]);
let before: string;
const outside = (): string =>
  JSON.stringify(
    readdirSync(at('outside'), { recursive: true, withFileTypes: true }).map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, 'utf8') : ''];
    }),
  );
beforeEach(() => {
  base = realpathSync(mkdtempSync(join(tmpdir(), 'gondola-places-')));
  plant('outside/secret.ts', `export const x = '${MARK}';`);
  plant('outside/secret.csv');
  plant('outside/notebook/kept.csv');
  before = outside();
});
afterEach(() => {
  expect(outside()).toBe(before);
  rmSync(base, { recursive: true, force: true });
});

const tried = new Map<string, { cases: number; held: number }>();
const ways: string[] = [];
/** One test for each way; what holds is counted. */
function each(kind: string, rows: readonly (readonly [what: string, ...rest: unknown[]])[]) {
  const count = { cases: rows.length, held: 0 };
  tried.set(kind, count);
  ways.push(...rows.map(([what]) => `${kind}: ${what}`));
  return (judge: (row: readonly [what: string, ...rest: unknown[]]) => unknown): void => {
    it.each(rows.map((row) => ({ what: row[0], row })))(`${kind}: $what`, async ({ row }) => {
      await judge(row);
      count.held += 1;
    });
  };
}
afterAll(() => {
  const counts: Count[] = [...tried].map(([name, { cases, held }]) => ({ class: name, cases, failed: cases - held }));
  if (wantsRecord()) keep(root, { figure: 'R11', part: 'paths elsewhere', counts });
});

it('each way is another', () => {
  expect(new Set(ways).size).toBe(ways.length);
  expect(ways.length).toBeGreaterThanOrEqual(50);
});

each('imports of code', [
  ['two dots', '../outside/secret.ts'],
  ['two dots behind a folder', './lib/../../outside/secret.ts'],
  ['a hidden folder', './.gondola/secret.ts'],
  ['a file that is a link', './link.ts', () => link('folder/link.ts', 'outside/secret.ts')],
  ['a folder that is a link', './linked/secret.ts', () => link('folder/linked', 'outside')],
  ['a pipe', './pipe.ts', () => pipe('folder/pipe.ts')],
  ['a folder', './lib.ts', () => mkdirSync(at('folder/lib.ts'))],
  ['what an import imports', './chain.ts', () => plant('folder/chain.ts', "import '../outside/secret.ts'")],
])(async ([, specifier, prepare]) => {
  plant('folder/helpers.ts', 'export const y = 1;');
  plant('folder/.gondola/secret.ts');
  if (typeof prepare === 'function') prepare();
  mkdirSync(at('copies'));
  await copyModules(`import { x } from '${specifier}'; import { y } from './helpers.ts';`, at('folder'), at('copies'));
  const copied = readdirSync(at('copies'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  expect(copied.filter((name) => name !== 'chain.ts')).toEqual(['helpers.ts']);
  for (const name of copied) expect(readFileSync(at(`copies/${name}`), 'utf8')).not.toContain(MARK);
});

each('files that code reads', [
  ['two dots', '../outside/secret.csv'],
  ['two dots within', 'data/../../outside/secret.csv'],
  ['an absolute path', 'OUTSIDE/secret.csv'],
  ['a folder whose name begins alike', '../session-other/secret.csv'],
  ['a link', 'link.csv', () => link('session/link.csv', 'outside/secret.csv')],
  ['a folder that is a link', 'linked/secret.csv', () => link('session/linked', 'outside')],
  [
    'a link of a link',
    'twice.csv',
    () => {
      link('session/once.csv', 'outside/secret.csv');
      link('session/twice.csv', 'session/once.csv');
    },
  ],
  ['a pipe', 'pipe.csv', () => pipe('session/pipe.csv')],
  ['the folder itself', '.'],
  ['NUL', 'data/x.csv\u0000'],
])(async ([, path, prepare]) => {
  plant('session/data/x.csv', 'mine');
  plant('session-other/secret.csv');
  if (typeof prepare === 'function') prepare();
  const files = openFiles({ session: at('session'), readable: [at('results')] });
  await expect(files.read(String(path).replace('OUTSIDE', at('outside')))).rejects.toBeInstanceOf(Error);
  expect(Buffer.from(await files.read('data/x.csv')).toString()).toBe('mine');
});

each('files between programs', [
  ['beside the exchange', 'secret.csv'],
  ['two dots', '.exchange/../secret.csv'],
  ['the exchange itself', '.exchange'],
  ['a folder whose name begins alike', '.exchange-other/x.arrow'],
  ['an absolute path', '/etc/passwd'],
  ['a link in it', '.exchange/link.arrow', () => link('session/.exchange/link.arrow', 'outside/secret.csv')],
  ['a pipe in it', '.exchange/pipe.arrow', () => pipe('session/.exchange/pipe.arrow')],
])(async ([, path, prepare]) => {
  plant('session/.exchange/rows.arrow', 'rows');
  plant('session/.exchange-other/x.arrow');
  plant('session/secret.csv');
  if (typeof prepare === 'function') prepare();
  const files = openFiles({ session: at('session'), readable: [] });
  await expect(files.take(String(path))).rejects.toBeInstanceOf(Error);
  expect(existsSync(at('session/secret.csv'))).toBe(true);
  expect(Buffer.from(await files.take('.exchange/rows.arrow')).toString()).toBe('rows');
});

each('result files', [
  ['two dots', '../outside/secret.csv'],
  ['two dots behind its folder', '/out/../outside/secret.csv'],
  ['an absolute path', '/etc/passwd'],
  ['a folder whose name begins alike', '/out-other/x.duckdb'],
  ['a folder in it', '/out/deeper/x.duckdb'],
  ['a hidden name', '/out/.x.duckdb'],
  ['NUL', '/out/x.duckdb\u0000'],
  ['a name too long', `/out/${'x'.repeat(129)}`],
  ['a link', '/out/link.duckdb', () => link('out/link.duckdb', 'outside/secret.csv')],
  ['a hard link', '/out/hard.duckdb', () => linkSync(at('outside/secret.csv'), at('out/hard.duckdb'))],
  ['a pipe', '/out/pipe.duckdb', () => pipe('out/pipe.duckdb')],
  ['a folder by that name', '/out/folder.duckdb', () => mkdirSync(at('out/folder.duckdb'))],
])(([, file, prepare]) => {
  plant('out/x.duckdb', 'rows');
  if (typeof prepare === 'function') prepare();
  expect(checkResultFile(at('out'), '/out', String(file))).toHaveProperty('refused');
  expect(checkResultFile(at('out'), '/out', '/out/x.duckdb')).toMatchObject({ path: at('out/x.duckdb') });
  rmSync(at('out'), { recursive: true });
});

each('names of results', [
  ['two dots', '../outside/secret'],
  ['an absolute path', '/etc/passwd'],
  ['dots alone', '..'],
  ['backslashes', '..\\outside\\secret'],
  ['a drive', 'C:secret'],
  ['a device', 'con'],
  ['NUL', 'x\u0000y'],
  ['a line end', 'x\ny'],
  ['a first dot', '.bashrc'],
  ['a last blank', 'x '],
  ['300 characters', 'x'.repeat(300)],
  ['300 characters of three bytes', '한'.repeat(300)],
  ['half a surrogate pair', 'x\ud800'],
  ['a full-width slash', '..／outside'],
  ['a mark that turns the text round', '\u202etxt.exe'],
])(async ([, name]) => {
  const [made, control] = fileNames([String(name), 'flights']);
  expect(control).toBe('flights');
  expect(refusePath(`${made}.parquet`)).toBeUndefined();
  mkdirSync(at('results'));
  await writeWhole(join(at('results'), `${made}.parquet`), ['rows'], NEVER);
  expect(readdirSync(at('results'))).toEqual([`${made}.parquet`]);
});

each('runs without a server', [
  ['a name of results too long', { results: 'x'.repeat(300) }, /too long/],
  ['a name of the report too long', { output: `${'x'.repeat(300)}.md` }, /too long/],
  ['results below a file', { results: 'NOTEBOOK/x' }, /is a file|may not be written/],
  ['a report below a file', { output: 'NOTEBOOK/x.md' }, /is a file|may not be written/],
  ['results in a circle of links', { results: 'CIRCLE/x' }, /circle/],
  ['a workspace that does not hold it', { workspace: 'OUTSIDE' }, /does not lie/],
  ['a report that is a notebook', { output: 'OTHER.nb.md' }, /notebook/],
])(([, options, said]) => {
  plant('work/one.nb.md', '# One\n');
  symlinkSync('circle', at('circle'));
  const places: Record<string, string> = {
    NOTEBOOK: 'work/one.nb.md',
    CIRCLE: 'circle',
    OUTSIDE: 'outside',
    OTHER: 'work/other',
  };
  const full = (text: string): string => text.replace(/^[A-Z]+/, (name) => at(places[name] ?? name));
  const given = Object.fromEntries(
    Object.entries(options as Record<string, string>).map(([key, value]) => [key, full(value)]),
  );
  const ask = (more: object): unknown => jobOf(at('work/one.nb.md'), more);
  expect(() => ask(given)).toThrow(UsageError);
  expect(() => ask(given)).toThrow(said as RegExp);
  expect(ask({ results: at('results'), output: at('report.md') })).toMatchObject({ path: 'one.nb.md' });
});

each('files that a run writes', [
  ['a link by the result’s name', 'results/flights.csv'],
  ['a link by the temporary name', `results/flights.csv.${process.pid}.tmp`],
])(async ([, path]) => {
  link(String(path), 'outside/secret.csv');
  await writeWhole(at('results/flights.csv'), ['rows'], NEVER);
  expect(readFileSync(at('results/flights.csv'), 'utf8')).toBe('rows');
  expect(lstatSync(at('results/flights.csv')).isFile()).toBe(true);
  expect(readdirSync(at('results'))).toEqual(['flights.csv']);
});

const SHEET = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>';
const book = (
  more: readonly ReturnType<typeof textPart>[] = [],
  swap: (parts: string) => string = (text) => text,
): Buffer =>
  Buffer.from(
    zipOf(sheetParts(SHEET, more).map(({ name, bytes }) => textPart(name, swap(Buffer.from(bytes).toString())))),
  );
/** The part's entry says that it is a link. */
const asLink = (zip: Buffer): Buffer => {
  const head = zip.lastIndexOf('PK\u0001\u0002', undefined, 'latin1');
  zip.writeUInt8(3, head + 5);
  zip.writeUInt32LE((0o120777 << 16) >>> 0, head + 38);
  return zip;
};
each('spreadsheets', [
  ['a part two folders up', book([textPart('../../outside/secret.csv', 'x')])],
  ['a part within that goes up', book([textPart('xl/../../../outside/secret.csv', 'x')])],
  ['a part of an absolute name', book([textPart('/etc/passwd', 'x')])],
  ['a part with backslashes', book([textPart('..\\..\\outside\\secret.csv', 'x')])],
  ['a part on a drive', book([textPart('C:\\outside\\secret.csv', 'x')])],
  ['a part with NUL', book([textPart('xl/x\u0000.xml', 'x')])],
  ['a part that is a link', asLink(book([textPart('xl/strings.xml', '/etc/passwd')]))],
  [
    'a sheet that lies outside',
    book([], (text) => text.replace('Target="sheet.xml"', 'Target="../../../outside/secret.csv"')),
  ],
  [
    'a sheet at an address',
    book([], (text) => text.replace('Target="sheet.xml"', 'Target="file:///etc/passwd" TargetMode="External"')),
  ],
  [
    'an entity that is a file',
    book([], (text) =>
      text
        .replace('<worksheet', '<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet')
        .replace('<t>a</t>', '<t>&e;</t>'),
    ),
  ],
  ['two parts of one name', book([textPart('xl/sheet.xml', `<worksheet><sheetData>${MARK}</sheetData></worksheet>`)])],
])(async ([, zip]) => {
  mkdirSync(at('session/.exchange'), { recursive: true });
  writeFileSync(at('session/odd.xlsx'), zip as Buffer);
  writeFileSync(at('session/good.xlsx'), book());
  const to = (name: string): string => at(`session/.exchange/${name}`);
  try {
    await convertSheet(at('session/odd.xlsx'), undefined, to('odd.csv'), NEVER);
    expect(readFileSync(to('odd.csv'), 'utf8')).not.toMatch(new RegExp(`root:|${MARK}`));
  } catch (error) {
    expect(error).toBeInstanceOf(Failed);
  }
  expect(await convertSheet(at('session/good.xlsx'), undefined, to('good.csv'), NEVER)).toMatchObject({ rows: 1 });
  const made = readdirSync(base, { recursive: true, encoding: 'utf8' }).filter((path) => !path.startsWith('outside'));
  const allowed = [
    'session',
    'session/.exchange',
    'session/.exchange/good.csv',
    'session/.exchange/odd.csv',
    'session/good.xlsx',
    'session/odd.xlsx',
  ];
  expect(made.filter((path) => !allowed.includes(path))).toEqual([]);
});

const backup = (target: string): Promise<number> =>
  backupWorkspace({
    workspace: at('work'),
    target: at(target),
    tell: () => undefined,
    progress: () => undefined,
    now: Date.now,
  });
each('backups', [
  ['into the workspace', 'work/copy'],
  ['into the workspace by a link', 'alias/copy', () => link('alias', 'work')],
  ['into a folder that is not empty', 'outside'],
  ['above the workspace', '.'],
])(async ([, target, prepare]) => {
  plant('work/.gondola/kept');
  plant('work/one.nb.md', '# One\n');
  if (typeof prepare === 'function') prepare();
  await expect(backup(String(target))).rejects.toBeInstanceOf(UsageError);
  expect(await backup('copy')).toBe(0);
  expect(readFileSync(at('copy/one.nb.md'), 'utf8')).toBe('# One\n');
});

each('what a backup copies', [
  ['a link in the workspace', 'work/link.csv', 'link'],
  ['a folder that is a link', 'work/linked', 'link'],
  ['a link among the records', 'work/.gondola/notebooks/abcdefghij/results/link.duckdb', 'nothing'],
  ['a folder of records that is a link', 'work/.gondola/notebooks/abcdefghij/results', 'nothing'],
  ['the socket of a granted network', 'work/.gondola/notebooks/abcdefghij/network/proxy', 'nothing'],
])(async ([what, path, left]) => {
  plant('work/one.nb.md', '# One\n');
  mkdirSync(at('work/.gondola/notebooks/abcdefghij'), { recursive: true });
  const isFolder = String(what).includes('folder');
  if (String(what).includes('socket')) {
    mkdirSync(at(dirname(String(path))));
    pipe(String(path));
  } else link(String(path), isFolder ? 'outside' : 'outside/secret.csv');
  expect(await backup('copy')).toBe(0);
  const copied = String(path).replace('work', 'copy');
  if (left === 'link') expect(lstatSync(at(copied)).isSymbolicLink()).toBe(true);
  else expect(existsSync(at(copied))).toBe(false);
  expect(readFileSync(at('copy/one.nb.md'), 'utf8')).toBe('# One\n');
});

each('folders of a session', [
  ['a data folder that is a link', () => link('work/sub/data', 'outside')],
  ['a data folder above that is a link', () => link('work/data', 'outside')],
  ['its own folder that is a link', () => link('work/sub/data/report', 'outside/notebook')],
  ['a notebook’s folder that is a link', () => link('work/sub', 'outside')],
])(async ([, prepare]) => {
  plant('work/other/data/x.csv', 'lawful');
  mkdirSync(at('work/other'), { recursive: true });
  if (typeof prepare === 'function') prepare();
  const make = (name: string) =>
    sessionFolders({
      workspace: at('work'),
      base: at(`records/${name}`),
      isolated: () => true,
      owner: () => undefined,
      now: () => Date.now() + 60_000,
    });
  const prepared = await make('one').refresh('sub/report.nb.md', "copy t to 'data/report/out.csv'");
  for (const { host } of prepared.mounts) expect(realpathSync(host).startsWith(at('outside'))).toBe(false);
  const lawful = await make('two').refresh('other/report.nb.md', "copy t to 'data/report/out.csv'");
  expect(lawful.mounts.map(({ host }) => host)).toContain(at('work/other/data/report'));
});
