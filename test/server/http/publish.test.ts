import { describe, expect, test } from 'vitest';
import type { View } from '../../../server/access/view.ts';
import { publish, shownOf } from '../../../server/http/publish.ts';
import type { Json, Paragraph } from '../../../server/protocol/document.ts';
import type {
  NotebookId,
  ParagraphId,
  PersonId,
  RequestId,
  ResultId,
  RunId,
  SessionId,
} from '../../../server/protocol/ids.ts';
import type { Output } from '../../../server/protocol/outputs.ts';
import type { Run, RunPhase } from '../../../server/protocol/runs.ts';

const id = (name: string): ParagraphId => name as ParagraphId;
const sql = (name: string, options: Record<string, Json> = {}): Paragraph => ({
  id: id(name),
  interpreter: 'sql',
  source: `select secret_${name}`,
  options,
});
const table = (result: string): Output => ({
  kind: 'table',
  result: result as ResultId,
  rows: 3,
  bytes: 10,
  block: 'c2VjcmV0',
  columns: [
    { name: 'hour', type: 'INTEGER' },
    { name: 'delay', type: 'DOUBLE' },
    { name: 'secret', type: 'VARCHAR' },
  ],
});
const done: RunPhase = { state: 'done', started: 1, ended: 2 };
const run = (paragraph: string, outputs: readonly Output[], phase: RunPhase = done, more: Partial<Run> = {}): Run => ({
  id: `run-${paragraph}-${phase.state}` as RunId,
  notebook: 'nb' as NotebookId,
  paragraph: id(paragraph),
  request: 'q' as RequestId,
  session: 's' as SessionId,
  by: { id: 'ada' as PersonId, name: 'secret Ada' },
  asked: 0,
  interpreter: 'sql',
  source: `select secret_${paragraph}`,
  options: { secret: 1 },
  forms: {},
  phase,
  outputs,
  ...more,
});
const link = (more: Partial<View> = {}): View => ({
  role: 'reader',
  whole: false,
  paragraphs: 'all',
  sources: new Set(),
  runs: new Set(),
  titled: true,
  tables: 'none',
  ...more,
});
const CHART = { show: 'chart', mark: 'bar', x: { column: 'hour' }, y: { column: 'delay', aggregate: 'sum' } };

test('a layout is told of tables whose rows are shown, and of no others', () => {
  const shown = { hidden: ['secret'], formats: { delay: 'percent' }, sort: ['-delay'], odd: '<script>' };
  const options = {
    chart: [{ show: 'table' }, CHART],
    table: [shown, { hidden: ['hour'] }],
    report: 'beside',
    span: 2,
  };
  const [told] = publish(link(), [sql('a', options)], { shared: [run('a', [table('r'), table('s')])] });
  expect(told?.table).toEqual([{ hidden: ['secret'], formats: { delay: 'percent' }, sort: ['-delay'] }, null]);
  expect([told?.place, told?.span]).toEqual(['beside', 2]);
  const [drawn] = publish(link(), [sql('a', { chart: CHART, table: shown })], { shared: [run('a', [table('r')])] });
  expect(JSON.stringify(drawn)).not.toMatch(/secret|hidden|percent/);
});

describe('without code', () => {
  test('no source, option, name of a person or column that is not drawn is told', () => {
    const told = publish(link(), [{ ...sql('a', { chart: CHART, secret: true }), name: 'secret_name' }, sql('b')], {
      shared: [run('a', [table('r')]), run('b', [{ kind: 'text', stream: 'stdout', text: 'shown' }])],
    });
    expect(JSON.stringify(told)).not.toMatch(/secret/);
    expect(told[0]?.run?.outputs).toMatchObject([{ kind: 'table', columns: [{ name: 'hour' }, { name: 'delay' }] }]);
    expect(JSON.stringify(told)).toContain('shown');
  });

  test('what quotes a source is withheld: errors, what programs say of them, charts that are their own source', () => {
    const told = publish(link(), [sql('a'), { ...sql('v'), interpreter: 'vega-lite' }], {
      shared: [
        run('a', [
          { kind: 'text', stream: 'stderr', text: 'secret: not found' },
          { kind: 'error', code: 'syntax', message: 'near secret', detail: 'secret', hint: 'secret' },
        ]),
        run('v', [{ kind: 'chart', spec: '{"description":"secret"}', data: [] }], done, { interpreter: 'vega-lite' }),
      ],
    });
    expect(JSON.stringify(told)).not.toMatch(/secret/);
    // Each keeps its place: outputs are asked for by it.
    expect(told[0]?.run?.outputs.map(({ kind }) => kind)).toEqual(['text', 'error']);
  });

  test('a chart that stands after a text is the first table’s', () => {
    const text: Output = { kind: 'text', stream: 'stdout', text: 'first' };
    const [told] = publish(link(), [sql('a', { chart: CHART })], { shared: [run('a', [text, table('r')])] });
    expect(JSON.stringify(told)).not.toMatch(/secret|c2Vj/);
  });
});

describe('where a pivot is shown', () => {
  const filters = [{ column: 'secret', is: 'among', values: ['secret'] }];
  const PIVOT = { rows: [{ column: 'hour' }], values: [{ column: 'delay', aggregate: 'sum' }] };

  test('it is told, and neither rows, nor other columns, nor what it was filtered by', () => {
    const chart = { show: 'pivot', pivot: { ...PIVOT, filters, search: 'secret' } };
    const [told] = publish(link(), [sql('a', { chart })], { shared: [run('a', [table('r')])] });
    expect(JSON.stringify(told)).not.toMatch(/secret|c2Vj/);
    expect(told?.chart).toMatchObject({ show: 'pivot', pivot: PIVOT });
    expect(told?.run?.outputs).toMatchObject([{ kind: 'table', columns: [{ name: 'hour' }, { name: 'delay' }] }]);
  });

  test('the one that is chosen by itself is written out, as fewer columns would choose another', () => {
    const [told] = publish(link(), [sql('a', { chart: { show: 'pivot' } })], { shared: [run('a', [table('r')])] });
    expect(told?.chart).toMatchObject({
      pivot: {
        rows: [{ column: 'secret' }],
        columns: [{ column: 'hour' }],
        values: [{ column: 'delay', aggregate: 'mean' }],
      },
    });
  });

  test('one that is saved and not shown is not told', () => {
    const chart = { ...CHART, pivot: { ...PIVOT, rows: [{ column: 'secret' }] } };
    const [told] = publish(link(), [sql('a', { chart })], { shared: [run('a', [table('r')])] });
    expect(JSON.stringify(told)).not.toMatch(/secret|pivot/);
  });
});

test('with code the source is told, and still no rows of what shows its chart', () => {
  const [told] = publish(link({ sources: 'all' }), [sql('a', { chart: CHART })], { shared: [run('a', [table('r')])] });
  expect(told).toMatchObject({ source: 'select secret_a', chart: CHART });
  expect(JSON.stringify(told)).not.toContain('c2Vj');
  const [taken] = publish(link(), [sql('a', { chart: CHART, download: true })], { shared: [run('a', [table('r')])] });
  expect(taken?.download).toBe(true);
  expect(taken?.run?.outputs).toMatchObject([{ columns: [{}, {}, { name: 'secret' }] }]);
});

test('paragraphs that were not chosen are not there, prose is as written', () => {
  const prose: Paragraph = { ...sql('p'), interpreter: 'markdown', source: '# Hello' };
  const told = publish(link({ paragraphs: new Set([id('p')]) }), [prose, sql('a')], {
    shared: [run('a', [table('r')])],
  });
  expect(told).toEqual([{ id: 'p', interpreter: 'markdown', source: '# Hello' }]);
});

test('what runs now is not shown before it has ended', () => {
  const before = run('a', [table('old')]);
  expect(shownOf([before, run('a', [table('new')], { state: 'running', started: 3 })])).toBe(before);
  expect(shownOf([run('a', [], { state: 'queued' })])).toBeUndefined();
  // What never began says nothing of its own.
  expect(shownOf([before, run('a', [], { state: 'cancelled', ended: 4, reason: 'asked' })])).toBe(before);
});

describe('to who may run', () => {
  const text = (said: string): Output => ({ kind: 'text', stream: 'stdout', text: said });
  const view = link({ role: 'runner', runs: new Set([id('a')]) });
  const shared = [run('a', [text('ours')]), run('b', [text('ours')])];
  const of = (own: readonly Run[]) => publish(view, [sql('a'), sql('b')], { shared, own })[0];

  test('it is told of what they may run, and of nothing else', () => {
    const told = publish(view, [sql('a'), sql('b'), sql('n', { run: 'never' })], { shared });
    expect(told.map(({ id, runs }) => [id, runs])).toEqual([
      ['a', true],
      ['b', undefined],
      ['n', undefined],
    ]);
    expect(publish(link(), [sql('a')], { shared })[0]).not.toHaveProperty('runs');
  });

  test('their own run stands in place of everybody’s once it says something', () => {
    expect(of([])).toMatchObject({ run: { outputs: [{ text: 'ours' }] } });
    expect(of([])).not.toHaveProperty('mine');
    const waits = of([run('a', [], { state: 'queued', waiting: 'memory, 2 ahead' })]);
    expect(waits).toMatchObject({
      run: { outputs: [{ text: 'ours' }] },
      mine: { phase: { waiting: 'memory, 2 ahead' } },
    });
    expect(waits).not.toHaveProperty('own');
    const ran = of([run('a', [text('mine')])]);
    expect(ran).toMatchObject({ own: true, run: { outputs: [{ text: 'mine' }] }, mine: { phase: done, outputs: [] } });
    const stopped = of([run('a', [], { state: 'cancelled', ended: 3, reason: 'asked' })]);
    expect(stopped).toMatchObject({ run: { outputs: [{ text: 'ours' }] }, mine: { phase: { state: 'cancelled' } } });
  });

  test('what runs is told as it comes, beside what stands there, and no more of it than may be seen', () => {
    const running: RunPhase = { state: 'running', started: 3 };
    const told = of([
      run('a', [text('mine')]),
      run(
        'a',
        [
          text('so far'),
          { kind: 'text', stream: 'stderr', text: 'secret' },
          { kind: 'error', code: 'syntax', message: 'secret' },
          table('r'),
        ],
        running,
      ),
    ]);
    expect(told).toMatchObject({
      own: true,
      run: { outputs: [{ text: 'mine' }] },
      mine: { outputs: [{ text: 'so far' }, {}, {}, {}] },
    });
    expect(JSON.stringify(told?.mine?.outputs.slice(0, 3))).not.toContain('secret');
    const drawn = publish(view, [sql('a', { chart: CHART })], { shared: [], own: [run('a', [table('r')], running)] });
    expect(JSON.stringify(drawn)).not.toMatch(/secret|c2Vj/);
  });
});

describe('what is hidden in the report', () => {
  const both = [sql('a', { report: 'hidden' }), sql('b', { report: 'beside' })];
  const ids = (view: View): readonly string[] =>
    publish(view, both, { shared: [run('a', [table('r')]), run('b', [])] }).map((one) => one.id);

  test('is not published by a link to all of it, and is by one that names it', () => {
    expect(ids(link())).toEqual(['b']);
    expect(ids(link({ paragraphs: new Set([id('a')]) }))).toEqual(['a']);
    expect(ids(link({ whole: true }))).toEqual(['a', 'b']);
  });
});
