/** Whose work a paragraph needs, what is stale, and what would run: from what texts say to the plan. */
import { describe, expect, it } from 'vitest';
import type { Use, Uses } from '../../../../interpreters/uses.ts';
import type { Json, Paragraph } from '../../../../server/protocol/document.ts';
import type { Form } from '../../../../server/protocol/forms.ts';
import type { Graph } from '../../../../server/protocol/graph/graph.ts';
import { planOf, type RunPlan } from '../../../../server/protocol/graph/plan.ts';
import { type RanRun, type Reason, type Situation, staleOf } from '../../../../server/protocol/graph/stale.ts';
import type { ParagraphId } from '../../../../server/protocol/ids.ts';
import { graphOf, type Text } from '../../../../server/runs/graph/resolve.ts';
import { usesOfShell } from '../../../../server/runs/graph/shell.ts';

const id = (name: string): ParagraphId => name as ParagraphId;
const table = (name: string): Use => ({ kind: 'table', name });
const file = (name: string): Use => ({ kind: 'file', name });

type Made = { readonly name?: string; readonly interpreter?: string; readonly source?: string } & Partial<Uses>;

function text(paragraph: string, { name, interpreter = 'sql', source = paragraph, ...uses }: Made): Text {
  return {
    paragraph: { id: id(paragraph), interpreter, source, options: {}, ...(name === undefined ? {} : { name }) },
    uses: { reads: [], writes: [], ...uses },
  };
}

const needsOf = (graph: Graph, paragraph: string): string[] =>
  graph.nodes.find((node) => node.id === paragraph)!.needs.map((need) => `${need.paragraph} ${need.store.name}`);

describe('needs', () => {
  it('are the owner of a name, wherever it stands, in any case', () => {
    const graph = graphOf(
      [
        text('first', { reads: [table('flights')] }),
        text('later', { name: 'Flights' }),
        text('second', { name: 'flights' }),
      ],
      [],
    );
    expect(needsOf(graph, 'first')).toEqual(['later Flights']);
    expect(graph.clashes).toMatchObject([{ store: { name: 'flights' }, paragraphs: ['later', 'second'] }]);
  });

  it('are all that wrote a table of the session before, and where none did those after', () => {
    const graph = graphOf(
      [
        text('early', { reads: [table('t')] }),
        text('make', { writes: [table('t')] }),
        text('add', { reads: [table('t')], writes: [table('t')] }),
        text('read', { reads: [table('t')] }),
        text('drop', { writes: [table('t')] }),
      ],
      [],
    );
    expect(needsOf(graph, 'read')).toEqual(['make t', 'add t']);
    expect(needsOf(graph, 'add')).toEqual(['make t']);
    expect(needsOf(graph, 'early')).toEqual(['make t', 'add t', 'drop t']);
    // Who adds to a table makes none; who makes one that another makes is told of.
    expect(graph.clashes).toMatchObject([{ paragraphs: ['make', 'drop'] }]);
  });

  it('are variables of earlier TypeScript, else tables, and no globals', () => {
    const names = (...all: string[]): Use[] => all.map((name) => ({ kind: 'name', name }));
    const graph = graphOf(
      [
        text('one', { interpreter: 'typescript', writes: [{ kind: 'variable', name: 'rate' }] }),
        text('flights', { name: 'flights' }),
        text('two', { interpreter: 'typescript', reads: names('rate', 'flights', 'console') }),
      ],
      [],
    );
    expect(needsOf(graph, 'two')).toEqual(['one rate', 'flights flights']);
    expect(graph.nodes[2]!.reads).toEqual([
      { kind: 'variable', name: 'rate' },
      { kind: 'table', name: 'flights' },
    ]);
  });

  it('are what sets the session before, for its own language alone', () => {
    const graph = graphOf(
      [
        text('set', {
          reads: [{ kind: 'settings', name: 'session' }],
          writes: [{ kind: 'settings', name: 'session' }],
        }),
        text('query', { reads: [table('x')] }),
        text('code', { interpreter: 'typescript' }),
      ],
      [],
    );
    expect(needsOf(graph, 'query')).toEqual(['set sql']);
    expect(needsOf(graph, 'code')).toEqual([]);
  });

  it('are files by their paths, and tables that are read as files', () => {
    const graph = graphOf(
      [
        text('rows', { name: 'rows' }),
        text('write', { writes: [file('data/out.csv')] }),
        text('shell', {
          interpreter: 'shell',
          ...usesOfShell('cat ./data/out.csv; duckdb tables/rows.parquet > data/new.csv'),
        }),
      ],
      [],
    );
    expect(needsOf(graph, 'shell').toSorted()).toEqual(['rows rows', 'write data/out.csv']);
    expect(graph.nodes[2]!.writes).toEqual([{ kind: 'file', name: 'data/new.csv' }]);
  });

  it('of a text that nobody read are the tables among its words', () => {
    const paragraph: Paragraph = { id: id('p'), interpreter: 'sql', source: 'select * from rows -- Rows', options: {} };
    const graph = graphOf([text('rows', { name: 'rows' }), { paragraph, uses: undefined }], []);
    expect(needsOf(graph, 'p')).toEqual(['rows rows']);
    expect(graph).toMatchObject({ whole: false, nodes: [{ sure: true }, { sure: false }] });
  });

  it('of prose are forms', () => {
    const form: Form = { name: 'day', type: 'date', default: '2015-01-01' };
    const prose = text('prose', { interpreter: 'markdown', source: 'On ${day}.' });
    const graph = graphOf(
      [prose, text('plain', { interpreter: 'markdown', source: 'Nothing.' }), text('q', { source: 'select $day' })],
      [form],
    );
    expect(graph.nodes.map((node) => [node.id, node.reads])).toEqual([
      ['prose', [{ kind: 'form', name: 'day' }]],
      ['q', [{ kind: 'form', name: 'day' }]],
    ]);
  });

  it('of thousands that add to one table are the nearest, which need those before: found at once', () => {
    const add = (at: number): Text => text(`p${at}`, { reads: [table('t')], writes: [table('t')] });
    const made = text('make', { writes: [table('t')] });
    const graph = graphOf([made, ...Array.from({ length: 10_000 }, (_, at) => add(at))], []);
    expect(graph.nodes.reduce((sum, { needs }) => sum + needs.length, 0)).toBeLessThan(500_000);
    expect(graph.nodes.every(({ sure }) => sure)).toBe(true);
    expect(needsOf(graph, 'p0')).toEqual(['make t']);
    const last = needsOf(graph, 'p9999');
    expect(last.at(-1)).toBe('p9998 t');
    expect(last.length).toBeGreaterThan(10);
  });

  it('that go in a circle are told, each circle once', () => {
    const graph = graphOf(
      [
        text('a', { name: 'a', reads: [table('c')] }),
        text('b', { name: 'b', reads: [table('a')] }),
        text('c', { name: 'c', reads: [table('b')] }),
        text('own', { name: 'own', reads: [table('own')] }),
        text('free', { reads: [table('a')] }),
      ],
      [],
    );
    expect(graph.cycles).toEqual([['a', 'b', 'c']]);
  });
});

/** load → clean → report, and one apart. */
const chain = graphOf(
  [
    text('load', { name: 'flights' }),
    text('clean', { name: 'clean', reads: [table('flights')] }),
    text('report', { reads: [table('clean')] }),
    text('apart', {}),
  ],
  [],
);

const ran = (started: number, ended: number, more: Partial<RanRun> = {}): RanRun => ({
  source: '',
  interpreter: 'sql',
  forms: {},
  phase: { state: 'done', started, ended },
  ...more,
});

function situation(runs: Readonly<Record<string, RanRun>>, more: Partial<Situation> = {}): Situation {
  const own = (one: ParagraphId): RanRun | undefined => {
    const run = runs[one];
    return run && { ...run, source: run.source || one };
  };
  return {
    graph: chain,
    written: (one) => ({ source: one, interpreter: 'sql' }),
    shown: own,
    done: (one) => (runs[one]?.phase.state === 'done' ? own(one) : undefined),
    isActive: () => false,
    value: () => undefined,
    ...more,
  };
}

const whys = (stale: ReadonlyMap<ParagraphId, readonly Reason[]>) =>
  Object.fromEntries([...stale].map(([one, reasons]) => [one, reasons.map(({ why }) => why).join(' ')]));

describe('stale', () => {
  const fresh = { load: ran(1, 2), clean: ran(3, 4), report: ran(5, 6) };

  it('is nothing where all ran in order', () => {
    expect(staleOf(situation(fresh)).size).toBe(0);
  });

  it('is what was changed since it ran, and all behind it', () => {
    const changed = situation(fresh, {
      written: (one) => ({ source: one === 'clean' ? 'changed' : one, interpreter: 'sql' }),
    });
    expect(whys(staleOf(changed))).toEqual({ clean: 'text', report: 'behind' });
  });

  it('is what was read before its input ran again, and says when', () => {
    const stale = staleOf(situation({ ...fresh, load: ran(7, 8) }));
    expect(whys(stale)).toEqual({ clean: 'ran', report: 'behind' });
    expect(stale.get(id('clean'))).toEqual([
      { why: 'ran', paragraph: 'load', store: { kind: 'table', name: 'flights' }, at: 8 },
    ]);
  });

  it('is not what ran after a failed run of its input: that left the table as it was', () => {
    const failed = ran(7, 8, { phase: { state: 'failed', started: 7, ended: 8 } });
    const known = situation({ ...fresh, load: failed }, { done: (one) => (one === 'load' ? ran(1, 2) : undefined) });
    expect(staleOf(known).size).toBe(0);
  });

  it('is neither what never ran nor what runs now', () => {
    expect(staleOf(situation({ load: ran(7, 8), report: ran(5, 6) })).size).toBe(0);
    expect(staleOf(situation({ ...fresh, load: ran(7, 8) }, { isActive: (one) => one === 'clean' })).size).toBe(0);
  });

  it('is what ran with another value of a form that it reads', () => {
    const form: Form = { name: 'day', type: 'date', default: '2015-01-01' };
    const graph = graphOf(
      [text('q', { name: 'q', source: 'select $day' }), text('r', { reads: [table('q')] })],
      [form],
    );
    const runs = { q: ran(1, 2, { source: 'q', forms: { day: '2015-01-01' } }), r: ran(3, 4) };
    const at = (value: Json) => whys(staleOf(situation(runs, { graph, value: () => value })));
    expect(at('2015-01-01')).toEqual({});
    expect(at('2015-01-02')).toEqual({ q: 'form', r: 'behind' });
  });

  it('ends where paragraphs need each other', () => {
    const graph = graphOf(
      [text('a', { name: 'a', reads: [table('b')] }), text('b', { name: 'b', reads: [table('a')] })],
      [],
    );
    const stale = staleOf(situation({ a: ran(1, 2), b: ran(3, 4) }, { graph }));
    expect(stale.get(id('a'))).toMatchObject([{ why: 'ran', paragraph: 'b' }]);
  });

  it('is found in a chain of ten thousand', () => {
    const texts = Array.from({ length: 10_000 }, (_, at) =>
      text(`p${at}`, { name: `t${at}`, reads: [table(`t${at - 1}`)] }),
    );
    const graph = graphOf(texts, []);
    const runs = Object.fromEntries(texts.map(({ paragraph }, at) => [paragraph.id, ran(2 * at + 1, 2 * at + 2)]));
    expect(staleOf(situation({ ...runs, p0: ran(90_000, 90_001) }, { graph })).size).toBe(9_999);
  });
});

describe('a plan', () => {
  const order = (plan: RunPlan): unknown => ('steps' in plan ? plan.steps.map(({ paragraph }) => paragraph) : plan);
  const all = (): boolean => true;

  it('of what is stale has what is behind too, in order, with the time each took', () => {
    const plan = planOf(situation({ load: ran(7, 8), clean: ran(3, 4), report: ran(50, 60) }), { what: 'stale' }, all);
    expect(order(plan)).toEqual(['clean', 'report']);
    expect('steps' in plan && plan.steps[1]).toMatchObject({ because: 'stale', took: 10 });
  });

  it('of one has what it needs that is not current, and nothing else', () => {
    const needs = { what: 'needs', paragraphs: [id('report')] } as const;
    expect(order(planOf(situation({}), needs, all))).toEqual(['load', 'clean', 'report']);
    expect(order(planOf(situation({ load: ran(1, 2), clean: ran(3, 4) }), needs, all))).toEqual(['report']);
    const failed = ran(3, 4, { phase: { state: 'failed', started: 3, ended: 4 } });
    const plan = planOf(situation({ load: ran(1, 2), clean: failed }), needs, all);
    expect('steps' in plan && plan.steps.map(({ because }) => because)).toEqual(['missing', 'asked']);
  });

  it('puts a later paragraph first where an earlier one needs it', () => {
    const graph = graphOf(
      [
        text('report', { reads: [table('late'), table('early')] }),
        text('early', { name: 'early' }),
        text('late', { name: 'late' }),
      ],
      [],
    );
    const plan = planOf(situation({}, { graph }), { what: 'needs', paragraphs: [id('report')] }, all);
    expect(order(plan)).toEqual(['early', 'late', 'report']);
  });

  it('leaves out what the asker may not run', () => {
    const plan = planOf(situation({}), { what: 'needs', paragraphs: [id('report')] }, (one) => one !== 'load');
    expect(order(plan)).toEqual(['clean', 'report']);
  });

  it('of paragraphs that need each other is none', () => {
    const graph = graphOf(
      [text('a', { name: 'a', reads: [table('b')] }), text('b', { name: 'b', reads: [table('a')] })],
      [],
    );
    const plan = planOf(situation({}, { graph }), { what: 'needs', paragraphs: [id('a')] }, all);
    expect(plan).toEqual({ cycle: ['a', 'b'] });
  });
});

describe('a shell text', () => {
  it.each([
    ['cat data/x.csv | sort > data/y.csv', ['data/x.csv'], ['data/y.csv']],
    [
      'sort data/x.csv -o data/y.csv; grep a data/z.csv | tee -a "data/log.txt"',
      ['data/x.csv', 'data/z.csv'],
      ['data/y.csv', 'data/log.txt'],
    ],
    ['cat /etc/data/x metadata/y', [], []],
    ['wc -l data/$day.csv data/항공.csv', ['data/$day.csv', 'data/항공.csv'], []],
  ])('%s', (source, reads, writes) => {
    const found = usesOfShell(source);
    expect(found.reads.map(({ name }) => name)).toEqual(reads);
    expect(found.writes.map(({ name }) => name)).toEqual(writes);
  });

  it('reads a table whose name has marks above its letters', () => {
    expect(usesOfShell('cat tables/उड़ानें.parquet').reads).toEqual([{ kind: 'table', name: 'उड़ानें' }]);
  });
});
