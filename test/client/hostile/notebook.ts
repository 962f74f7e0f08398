/** A workspace full of payloads: in names and front matter of files, in the text and the runs of one notebook. */
import type { Output } from '../../../server/protocol/outputs.ts';
import type { Recorded } from '../../support/outputs.ts';
import { mechanisms } from './mechanisms.ts';
import type { Payload, Payloads } from './payloads.ts';

/** A picture of one dot. */
export const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNImXYCAAMkAcMgVWSjAAAAAElFTkSuQmCC',
  'base64',
);

export const MAIN = 'hostile.nb.md';

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const groups = <T>(all: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size));
const fence = (language: string, id: string, source: string): string =>
  `\`\`\`${language} id=${id}\n${source}\n\`\`\`\n`;
const prose = (id: string, source: string): string => `<!-- paragraph id=${id} -->\n${source}\n`;

export type Made = {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly recorded: readonly Recorded[];
  /** Paragraphs that are run for real. */
  readonly run: readonly string[];
  /** Paragraphs of prose. */
  readonly prose: readonly string[];
  /** Paragraphs with frames in them. */
  readonly framed: readonly string[];
};

export function makeNotebook(all: Payloads, away: string): Made {
  const recorded: Recorded[] = [];
  const framed: string[] = [];
  const code: string[] = [];
  const shown = (id: string, outputs: readonly Output[], frame = false): void => {
    recorded.push({ paragraph: id, interpreter: 'typescript', source: 'shown', outputs });
    code.push(fence('typescript', id, 'shown'));
    if (frame) framed.push(id);
  };
  shown(
    'errors',
    all.errors.map((one) => failure(one)),
  );
  shown(
    'texts',
    all.text.map((one) => said(one)),
  );
  shown(
    'ansi',
    all.ANSI.map((one) => said(one)),
  );
  shown('markdown', [{ kind: 'markdown', text: all.Markdown.map((one) => one.text).join('\n\n') }]);
  shown('harmless', [{ kind: 'html', html: '<h1>Harmless</h1>' }], true);
  groups(all.HTML, 5).forEach((some, index) => {
    const html = some.map((one) => {
      const [before, after] = mechanisms.find(({ what }) => what === one.what)?.within ?? ['', ''];
      return `<p>before</p>${before}${one.text}${after}`;
    });
    shown(`html-${index}`, [{ kind: 'html', html: html.join('\n') }], true);
  });
  groups(all.SVG, 6).forEach((some, index) => {
    const parts = some.map((one) => `<g>${one.text}</g>`).join('');
    const drawing = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="40" height="20">${parts}</svg>`;
    const image = { kind: 'image', type: 'image/svg+xml', data: Buffer.from(drawing).toString('base64') } as const;
    shown(`svg-${index}`, [{ ...image, alt: some[0]!.text }], true);
    // The same where it stands in HTML, as an element.
    shown(`drawing-${index}`, [{ kind: 'html', html: drawing }], true);
  });
  const looks = all.charts.filter(({ what }) => LOOKS.has(what));
  const apart = all.charts.filter(({ what }) => !LOOKS.has(what)).map((one) => one.text);
  [together(looks), ...apart].forEach((spec, index) => {
    shown(`chart-${index}`, [{ kind: 'chart', spec, data: [] }], true);
  });

  const run: string[] = [];
  const sql = (id: string, source: string, more = ''): void => {
    run.push(id);
    code.push(`${fence('sql', id, source)}${more}`);
  };
  groups(all.columns, 5).forEach((some, index) => {
    sql(`columns-${index}`, `select ${some.map((one) => `1 as ${quoted(one.text)}`).join(', ')}`);
  });
  groups(all.cells, 8).forEach((some, index) => {
    sql(`cells-${index}`, `select * from (values ${some.map((one) => `(${text(one.text)})`).join(', ')}) t(shown)`);
  });
  groups(all['labels of charts'], 10).forEach((some, index) => {
    const rows = some.map((one, at) => `(${text(one.text)}, ${at + 1})`).join(', ');
    const option = { show: 'chart', mark: 'bar', x: { column: some[0]!.text }, y: { column: 'n', aggregate: 'sum' } };
    sql(
      `labels-${index}`,
      `select * from (values ${rows}) t(${quoted(some[0]!.text)}, n)`,
      `\n<!-- gondola ${JSON.stringify({ chart: option }).replaceAll('--', '\\u002d\\u002d')} -->\n`,
    );
  });
  sql('named', all.completions.map((one) => `create or replace table ${quoted(one.text)} (a integer);`).join('\n'));

  const body = [
    prose('controls', `[legal](${away}/legal) ![a picture](data/dot.png)`),
    ...groups(all.Markdown, 9).map((some, index) => prose(`prose-${index}`, some.map((one) => one.text).join('\n\n'))),
    ...code,
    fence('sql', 'asking', 'select 1'),
  ];
  return {
    recorded,
    run,
    prose: groups(all.Markdown, 9).map((_, index) => `prose-${index}`),
    framed,
    files: {
      [MAIN]: `---\ntitle: Hostile\n---\n\n${body.join('\n')}`,
      'data/dot.png': DOT,
      ...Object.fromEntries(
        all.titles.map((one, at) => [`titles/${at}.nb.md`, `---\ntitle: ${JSON.stringify(one.text)}\n---\n\ntext\n`]),
      ),
      ...Object.fromEntries(all.files.map((one) => [`${one.text}.nb.md`, 'text\n'])),
      ...Object.fromEntries(all.files.map((one) => [`${one.text}/inside.nb.md`, 'text\n'])),
      ...Object.fromEntries(
        all['front matter'].map((one, at) => [`front/${at}.nb.md`, `---\n${one.text}\n---\n\n${one.mark}\n`]),
      ),
    },
  };
}

/** What changes how a chart looks and stops none: drawn as one, of several views. */
const LOOKS: ReadonlySet<string> = new Set([
  'a schema from elsewhere',
  'options of an embedder',
  'a background',
  'a font',
  'a description with markup',
  'titles with markup',
  'a legend with markup',
  'a tooltip with markup',
  'a control with markup',
]);

function together(all: readonly Payload[]): string {
  const specs = all.map((one) => JSON.parse(one.text) as Readonly<Record<string, unknown>>);
  const above = ['$schema', 'usermeta', 'background', 'config', 'params', 'description'];
  const views = specs.map((spec) => Object.fromEntries(Object.entries(spec).filter(([name]) => !above.includes(name))));
  const rest = specs.flatMap((spec) => Object.entries(spec).filter(([name]) => above.includes(name)));
  return JSON.stringify({ ...Object.fromEntries(rest), vconcat: views });
}

const said = ({ text: shown }: Payload): Output => ({ kind: 'text', stream: 'stdout', text: shown });
const failure = ({ text: shown }: Payload): Output => ({
  kind: 'error',
  code: 'thrown',
  message: shown,
  line: 1,
  column: 1,
  length: 1,
  hint: shown,
  fix: { replacement: shown },
  detail: shown,
});
