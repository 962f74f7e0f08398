/** Files of notebooks, and lines that a hostile program says to the server, with wounds of every sort. */
import { messageReader } from '../../../interpreters/framing.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { eventParser } from '../../../server/sessions/events.ts';
import { isFailure, parseNotebook } from '../../../server/storage/format/parse.ts';
import { knowBase, printNotebook } from '../../../server/storage/format/print.ts';
import { decodeText } from '../../../server/workspace/text.ts';
import { languages } from '../storage/format/generate.ts';
import { mutateBytes, mutateJson, mutateText, oneOf, type Random } from './mutate.ts';
import type { Target } from './target.ts';

const FILES = [
  '---\ntitle: Flights\nforms:\n  day: 1\n---\n\n# Flights\n\n```sql id=k3f9 name=delays connection=local\nselect 1\n```\n\ntext\n\n<!-- paragraph id=p2 -->\nmore\n',
  '```ts id=a\nlet x = `\n```\n\n```sql run=never\nselect\n```\n\n~~~sh id=b\nls\n~~~\n<!-- gondola {"chart":{"show":"chart"}} -->\n',
  '\ufeff# A\r\n\r\n```sql id=a id=a name="x y"\r\nselect 1\r\n```\r\n',
  '---\na: &a [1, 2]\nb: *a\n? x\n: y\n---\n```sql\n```\n```sql\n```\n',
];

export function openFiles(random: Random): Target {
  const parse = (text: string) => parseNotebook(text, languages);
  return {
    async attack() {
      const text = mutateText(random, mutateText(random, oneOf(random, FILES)));
      const bytes =
        random() < 0.6 ? mutateBytes(random, new TextEncoder().encode(text)) : new TextEncoder().encode(text);
      const decoded = decodeText(bytes);
      if (!('text' in decoded)) return;
      const parsed = parse(decoded.text);
      if (isFailure(parsed)) {
        if (!(parsed.line >= 1) || parsed.message === '') throw new Error('a failure without a place');
        return;
      }
      // What nobody changed keeps its bytes.
      const ids = parsed.blocks.map((block, index) => block.id ?? (`b${index}` as ParagraphId));
      const base = knowBase({ text: decoded.text, ids, languages });
      if (!base) throw new Error('what parses is no base');
      const paragraphs = parsed.blocks.map((block, index) => ({ ...block, id: ids[index]! }));
      const printed = printNotebook(
        { paragraphs, path: 'x.nb.md', ...('front' in parsed ? { front: parsed.front } : {}) } as never,
        languages,
        base,
      );
      if (isFailure(parse(printed.text)))
        throw new Error(`what was printed does not parse: ${JSON.stringify(printed.text)}`);
    },
    async serves() {
      const parsed = parse(FILES[0]!);
      if (isFailure(parsed) || parsed.blocks.length < 3) throw new Error('a good file does not parse');
    },
    renew: async () => {},
    problems: () => [],
    close: async () => {},
  };
}

const failure = { code: 'thrown', message: 'No.', line: 1, column: 2, hint: 'x', fix: { replacement: '' } };
const EVENTS: readonly object[] = [
  { type: 'ready', protocol: 1, language: 'sql' },
  { type: 'output', run: 'r', output: { kind: 'text', stream: 'stdout', text: 'x' } },
  { type: 'output', run: 'r', output: { kind: 'error', ...failure } },
  { type: 'output', run: 'r', output: { kind: 'html', html: '<b>x</b>' } },
  { type: 'output', run: 'r', output: { kind: 'image', type: 'image/png', data: 'eA==' } },
  { type: 'output', run: 'r', output: { kind: 'chart', spec: '{}', data: [{ name: 'a', table: 0 }] } },
  {
    type: 'table',
    run: 'r',
    table: 0,
    columns: [{ name: 'a', type: 'INTEGER' }],
    rows: 1,
    open: false,
    block: 'eA==',
    named: true,
  },
  { type: 'table', run: 'r', table: 1, columns: [], rows: 0, open: true, file: '/out/../x' },
  { type: 'progress', run: 'r', fraction: 0.5, rows: 3 },
  {
    type: 'call',
    call: 1,
    run: 'r',
    method: 'query',
    params: { sql: 'select 1', values: [1, { type: 'bigint', value: '1' }] },
  },
  { type: 'answer', call: 1, result: { rows: [] } },
  { type: 'answer', call: 1, error: failure },
  { type: 'completions', call: 1, items: [{ label: 'a', kind: 'table', insert: 'a', start: 0 }] },
  { type: 'tables', call: 1, items: [{ name: 'a', source: 'named', columns: [], rows: 1 }] },
  { type: 'done', run: 'r', outcome: { state: 'failed', failure } },
];

export function openLines(random: Random): Target {
  const parse = eventParser();
  function read(bytes: Uint8Array): { readonly known: number; readonly faults: number } {
    let [known, faults] = [0, 0];
    const feed = messageReader(
      (message) => {
        const event = parse(message);
        if (event === undefined) return;
        known += 1;
        if (!EVENTS.some((one) => 'type' in one && one.type === event.type)) throw new Error('an event of no kind');
      },
      () => {
        faults += 1;
      },
      4096,
    );
    // In pieces, as it comes.
    for (let at = 0; at < bytes.length; ) {
      const next = at + 1 + Math.floor(random() * 200);
      feed(bytes.subarray(at, next));
      at = next;
    }
    return { known, faults };
  }
  return {
    async attack() {
      const lines = Array.from({ length: 3 }, () =>
        JSON.stringify(random() < 0.7 ? mutateJson(random, oneOf(random, EVENTS)) : oneOf(random, EVENTS)),
      );
      const text = `${lines.join('\n')}\n`;
      const bytes = new TextEncoder().encode(random() < 0.4 ? mutateText(random, text) : text);
      const { faults } = read(random() < 0.4 ? mutateBytes(random, bytes) : bytes);
      if (faults > 1) throw new Error('a reader that failed went on');
    },
    async serves() {
      const good = `${EVENTS.map((one) => JSON.stringify(one)).join('\n')}\n`;
      const { known, faults } = read(new TextEncoder().encode(good));
      if (known !== EVENTS.length || faults !== 0)
        throw new Error(`${known} of ${EVENTS.length} events are understood`);
    },
    renew: async () => {},
    problems: () => [],
    close: async () => {},
  };
}
