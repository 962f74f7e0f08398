import { beforeEach, describe, expect, it } from 'vitest';
import { readDeclarations } from '../../../../client/build/declarations.ts';
import type { Answers, Kind } from '../../../../client/editor/typescript/contract.ts';
import { createProject, type Project } from '../../../../client/editor/typescript/project.ts';
import { declare } from '../../../../server/protocol/forms/declare.ts';
import { formsDeclaration } from '../../../../server/protocol/forms/types.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';

const declarations = readDeclarations(new URL('../../../../', import.meta.url));
let project: Project;

beforeEach(() => {
  project = createProject(declarations);
});

/** Paragraphs in this order, called a, b, c, … */
function write(...texts: readonly string[]): void {
  const ids = texts.map((_, index) => id(String.fromCharCode(97 + index)));
  project.setOrder(ids);
  for (const [index, text] of texts.entries()) project.setText(ids[index]!, text);
}

const id = (name: string): ParagraphId => name as ParagraphId;

/** `|` in the paragraph's text is where the question is asked. */
function ask<K extends Kind>(paragraph: string, kind: K, text: string, offset = text.indexOf('|')): Answers[K] {
  project.setText(id(paragraph), text.replace('|', ''));
  const question = kind === 'describe' || kind === 'check' ? { kind: 'check' as const } : { kind, offset };
  return project.answer(id(paragraph), question as never) as Answers[K];
}
const names = (paragraph: string, text: string): string[] =>
  (ask(paragraph, 'complete', text)?.items ?? []).map(({ name }) => name);
const remarks = (paragraph: string): string[] => {
  const found = project.answer(id(paragraph), { kind: 'check' }) as Answers['check'];
  return found.map((remark) => `${remark.weight}: ${'message' in remark ? remark.message : JSON.stringify(remark)}`);
};

describe('a TypeScript paragraph', () => {
  it('completes the verbs of a table, after a text that is half written', () => {
    write('');
    expect(names('a', 'table("flights").|')).toEqual(expect.arrayContaining(['filter', 'limit', 'rows', 'groupBy']));
    expect(names('a', 'if (true) {\n  table("flights").|')).toEqual(expect.arrayContaining(['filter', 'limit']));
  });

  it('knows the forms of the notebook, and what their values are', () => {
    write('forms.day', '');
    expect(remarks('a')).toHaveLength(1);
    const day = declare('day', '2015-01-01').form!;
    const airport = declare('airport', { options: ['SEA', 'JFK'] }).form!;
    project.setForms(formsDeclaration([day, airport]));
    expect(remarks('a')).toEqual([]);
    expect(names('b', 'forms.|')).toEqual(['airport', 'day']);
    expect(ask('b', 'hover', 'forms.air|port')?.code).toContain('"SEA" | "JFK"');
    project.setText(id('b'), 'forms.days; forms.airport === "LHR"');
    expect(remarks('b')).toHaveLength(2);
  });

  it('knows what earlier paragraphs declare, with its type, and not what later ones do', () => {
    write(
      'const top = 42;\nlet { a: [deep] } = { a: [1] }\nasync function load() { return top }',
      '',
      'const late = 1',
    );
    const offered = names('b', '|');
    expect(offered).toEqual(expect.arrayContaining(['top', 'deep', 'load']));
    expect(offered).not.toContain('late');
    expect(ask('b', 'hover', 'to|p + 1')).toMatchObject({ code: 'const top: 42', start: 0, end: 3 });
    project.setText(id('b'), 'late');
    expect(remarks('b')).toEqual(["error: Cannot find name 'late'."]);
  });

  it('knows them while a bracket or a template is not closed', () => {
    write('const origin = "ORD"', '');
    expect(names('b', 'table("f").filter(f => { f.x === or|')).toContain('origin');
    expect(names('b', 'sql`select ${or|')).toContain('origin');
  });

  it('declares a name again, with another type, without a word about it', () => {
    write('const top = 42', 'let top = "a text"', 'top', 'class top {}');
    for (const each of ['a', 'b', 'c', 'd']) expect(remarks(each)).toEqual([]);
    expect(ask('c', 'hover', '|top')).toMatchObject({ code: 'let top: string' });
  });

  it('follows the order as paragraphs move and go', () => {
    write('const x = 1', 'const x = "two"', 'x');
    expect(ask('c', 'hover', '|x')).toMatchObject({ code: 'const x: "two"' });
    project.setOrder([id('b'), id('a'), id('c')]);
    expect(ask('c', 'hover', '|x')).toMatchObject({ code: 'const x: 1' });
    project.setOrder([id('b'), id('c')]);
    expect(ask('c', 'hover', '|x')).toMatchObject({ code: 'const x: "two"' });
    project.setOrder([id('c')]);
    expect(remarks('c')).toEqual(["error: Cannot find name 'x'."]);
  });

  it('assigns to a variable of an earlier paragraph', () => {
    write('let total = 0', 'total = 1; total += 2; total++');
    expect(remarks('b')).toEqual([]);
    project.setText(id('a'), 'const total = 0');
    expect(remarks('b')).toEqual(Array(3).fill("error: Cannot assign to 'total' because it is a constant."));
    project.setText(id('b'), 'const total = 1');
    expect(remarks('b')).toEqual([]);
  });

  it('knows the verbs with what they say and an example of each', () => {
    const verb = ask('a', 'hover', "table('flights').gro|upBy('origin')");
    expect(verb).toBeUndefined();
    write('');
    const grouping = ask('a', 'hover', "table('flights').gro|upBy('origin')");
    expect(grouping?.code).toMatch(/^\(method\) DataFrame<Row>\.groupBy</);
    expect(grouping?.text).toMatch(/^Groups by columns[\s\S]*```ts\n[\s\S]*\.groupBy\(/);
    expect(grouping?.text.match(/```/g)).toHaveLength(2);
  });

  it('doubts nothing of what the reference shows', () => {
    const shown = [
      "table('flights').filter(f => f.delay > 60 && f.origin !== 'ORD').groupBy('origin')" +
        ".summarize({ n: count(), worst: max('delay') }).orderBy('-n', 'origin').limit(3)",
      'const least = 60; const { delay } = await table("flights").columns(); delay[0]',
      'sql`select ${least} from ${table("flights")}`.mutate({ share: share(), late: f => f.delay > least, one: 1 })',
      'const rows = await table("flights").rows(); rows.map(row => row.delay.toFixed(1) + row.day.getUTCFullYear())',
      'for await (const part of table("flights").batches()) for (const row of part) console.log(row.delay)',
      "chart(table('flights'), { mark: 'bar' }); display(html`<b>${least}</b>`); markdown`**${least}**`; image('a.png')",
      "DataFrame.from([{ a: 1 }]).join(table('b'), { on: 'a', kind: 'left' }).pivot({ rows: 'a', columns: 'b', values: sum('a') })",
    ];
    write(...shown);
    expect(shown.flatMap((_, index) => remarks(String.fromCharCode(97 + index)))).toEqual([]);
  });

  it('uses types of earlier paragraphs', () => {
    write('interface Flight { delay: number }\ntype Flights = Flight[]', 'const one: Flight = { delay: 1 }; one.delay');
    expect(remarks('b')).toEqual([]);
  });

  it('takes await at the top, the values it gives, and rows of any shape', () => {
    write('const rows = await table("flights").filter(f => f.delay > 60 && f.origin !== "ORD").rows()');
    expect(remarks('a')).toEqual([]);
    project.setOrder([id('a'), id('b')]);
    project.setText(id('b'), 'rows.map(row => row.delay + 1)');
    expect(remarks('b')).toEqual([]);
  });

  it('sees the language and what the isolate has, and nothing of a browser', () => {
    write(
      'console.log(new URL("https://a.b/?c").searchParams.get("c"), structuredClone([1]), crypto.randomUUID());\n' +
        'setTimeout(() => {}, 10); new TextDecoder().decode(new TextEncoder().encode("é")); new Intl.NumberFormat("ko")\n' +
        '[3, 1].toSorted(); new Set([1]).union(new Set([2])); Object.groupBy([1], n => String(n))',
    );
    expect(remarks('a')).toEqual([]);
    project.setText(id('a'), 'window.document');
    expect(remarks('a')).toEqual(["error: Cannot find name 'window'."]);
  });

  it('imports files beside the notebook without a word, and says that a package is not there', () => {
    write('import { clean, type Row } from "./helpers.ts"\nconst row: Row = clean({})', 'clean(row)');
    expect([...remarks('a'), ...remarks('b')]).toEqual([]);
    project.setText(id('a'), 'import x from "lodash"');
    expect(remarks('a')[0]).toMatch(/^error: Cannot find module 'lodash'/);
  });

  it('calls wrong syntax an error and types that do not fit a doubt, each in its place', () => {
    write('const n: number = "a text"');
    expect(project.answer(id('a'), { kind: 'check' })).toEqual([
      { start: 6, end: 7, weight: 'doubt', message: "Type 'string' is not assignable to type 'number'." },
    ]);
    project.setText(id('a'), 'const = 1');
    expect(remarks('a')[0]).toMatch(/^error: /);
    project.setText(id('a'), 'enum Colour { red }');
    expect(remarks('a')[0]).toMatch(/^error: .*erasableSyntaxOnly/);
    project.setText(id('a'), '1 + ');
    expect(remarks('a')).toEqual(['error: Expression expected.']);
    project.setText(id('a'), 'f(() => {');
    expect(remarks('a')).toEqual(["error: '}' expected."]);
  });

  it('tells where names of tables can stand', () => {
    write('');
    expect(ask('a', 'complete', "table('fl|').limit(1)")?.table).toEqual({ start: 7, end: 9 });
    expect(ask('a', 'complete', "table('|")?.table).toEqual({ start: 7, end: 7 });
    expect(ask('a', 'complete', "console.log('|')")?.table).toBeUndefined();
    expect(ask('a', 'complete', "table('fl').|")?.table).toBeUndefined();
  });

  it('shows the parameters of a call', () => {
    write('function add(first: number, second: number) { return first + second }', '');
    expect(ask('b', 'parameters', 'add(1, |')).toMatchObject({
      parameter: 1,
      signatures: [{ label: 'add(first: number, second: number): number' }],
    });
  });

  it('of a paragraph that is not there says nothing', () => {
    write('1');
    expect(project.answer(id('z'), { kind: 'check' })).toEqual([]);
    expect(project.answer(id('z'), { kind: 'hover', offset: 0 })).toBeUndefined();
  });
});
