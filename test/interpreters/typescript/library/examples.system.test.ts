/** Every example of the declarations and of the page about TypeScript runs, and gives what it says. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataFrame } from '../../../../interpreters/typescript/library/frame.ts';
import { type Bench, startBench } from '../support.ts';

const root = join(import.meta.dirname, '../../../..');
const declarations = readFileSync(join(root, 'interpreters/typescript/api.d.ts'), 'utf8');
const page = readFileSync(join(root, 'docs/typescript.md'), 'utf8');

let bench: Bench;
beforeAll(async () => {
  bench = await startBench(`
    create table airports as select * from (values ('SEA', 'Seattle', 90), ('JFK', 'New York', 128), ('ORD', 'Chicago', 32)) as t(code, city, gates);
    create table flights as select * from (values
      ('SEA', 'JFK', 70, date '2024-01-05'), ('SEA', 'JFK', 90, date '2024-01-06'), ('ORD', 'SEA', 200, date '2024-01-31'),
      ('JFK', 'SEA', 30, date '2024-02-01'), ('JFK', 'SEA', null, date '2024-02-03')
    ) as t(origin, destination, delay, day);
  `);
  mkdirSync(join(bench.sql.session, 'data'), { recursive: true });
  writeFileSync(join(bench.sql.session, 'data/logo.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
});
afterAll(() => bench.close());

const examplesIn = (text: string): readonly string[] =>
  [...text.matchAll(/```ts\n([\s\S]*?)\n```/g)].map(([, code = '']) => code);

const inComments = declarations.replaceAll(/^ *\* ?/gm, '');
const examples = [...examplesIn(inComments), ...examplesIn(page)];

async function run(example: string): Promise<void> {
  const [code = '', told] = example.split(/\n\/\/ → /);
  const value = await bench.value(code);
  if (told === undefined) {
    const shown = bench.outputs.length + bench.calls.length;
    const ours = await bench.library.show(value, false);
    if (value !== undefined && ours) expect(bench.outputs.length + bench.calls.length).toBeGreaterThan(shown);
    return;
  }
  const plain = value instanceof DataFrame ? await value.rows() : value;
  expect(plain).toEqual(JSON.parse(told));
}

describe('examples', () => {
  it('are there', () => {
    expect(examples.length).toBeGreaterThan(45);
  });
  for (const example of examples) it(example.replaceAll(/\s+/g, ' ').slice(0, 90), () => run(example));

  it('stand with every verb and every global', () => {
    const documented = [
      ...declarations.matchAll(/@example[\s\S]*?\*\/\s*(?:declare function |static )?(\w+)[<(]/g),
    ].map(([, name]) => name);
    const verbs = Object.getOwnPropertyNames(DataFrame.prototype).filter((name) => name !== 'constructor');
    const globals = Object.keys(bench.library.globals).filter((name) => name !== 'DataFrame');
    expect(new Set(documented)).toEqual(new Set([...verbs, ...globals, 'from']));
  });
});
