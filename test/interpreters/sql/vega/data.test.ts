import { describe, expect, it } from 'vitest';
import { columnsFor, findData, withNames } from '../../../../interpreters/sql/vega/data.ts';
import { parseJson, printJson } from '../../../../interpreters/sql/vega/json.ts';

const find = (spec: unknown) => {
  const text = JSON.stringify(spec);
  const data = findData(parseJson(text));
  return {
    ...data,
    named: data.sources.map(({ name, kind, at, length }) => [name, kind, text.slice(at, at + length)]),
  };
};

describe('what a spec draws', () => {
  it('is found at the top, in layers, concatenations and lookups, each name once', () => {
    const spec = {
      data: { name: 'flights' },
      transform: [{ lookup: 'origin', from: { data: { name: 'airports' }, key: 'iata', fields: ['state'] } }],
      hconcat: [
        {
          layer: [
            { data: { name: 'flights' }, mark: 'bar' },
            { data: { name: '월별' }, mark: 'line' },
          ],
        },
      ],
    };
    expect(find(spec).named).toEqual([
      ['flights', 'table', 'flights'],
      ['airports', 'table', 'airports'],
      ['월별', 'table', '월별'],
    ]);
  });

  it('may be files of data/, and no other address', () => {
    expect(find({ data: { url: 'data/x.csv' } }).named).toEqual([['data/x.csv', 'file', 'data/x.csv']]);
    for (const url of ['https://x.org/data/x.csv', 'x.csv', '/data/x.csv', 'data/x.html', 'file:///data/x.csv'])
      expect(find({ layer: [{ data: { url } }] }).refused).toMatchObject({ name: url });
  });

  it('may be rows of its own', () => {
    expect(find({ data: { values: [{ data: { name: 'not this' } }] } })).toMatchObject({ own: true, sources: [] });
    expect(find({ datasets: { a: [] }, data: { name: 'a' } })).toMatchObject({ own: true, sources: [] });
    expect(find({ data: { name: 'a', values: [] }, layer: [{ data: { name: 'a' } }] })).toMatchObject({ sources: [] });
    expect(find({ data: { sequence: { start: 0, stop: 3 } } })).toMatchObject({ own: true });
    expect(find({ mark: 'bar' })).toMatchObject({ own: false, sources: [], refused: undefined });
  });

  it('names files as their rows come', () => {
    const spec = { layer: [{ data: { url: 'data/x.csv', format: { type: 'csv' } } }] };
    expect(JSON.parse(printJson(withNames(parseJson(JSON.stringify(spec)))))).toEqual({
      layer: [{ data: { name: 'data/x.csv' } }],
    });
  });
});

describe('the columns that are sent', () => {
  const columns = ['origin', 'delay', 'a.b', '지연'];
  it('are those that the spec can speak of', () => {
    expect(columnsFor('{"x":{"field":"origin"}}', columns)).toEqual(['origin']);
    expect(columnsFor('{"calculate":"datum.delay > 60","field":"지연"}', columns)).toEqual(['delay', '지연']);
    expect(columnsFor('{"calculate":"datum[\\"delay\\"]"}', columns)).toEqual(['delay']);
    expect(columnsFor(JSON.stringify({ field: 'a\\.b' }), columns)).toEqual(['a.b']);
    expect(columnsFor('{"field":"id","mark":"grid"}', ['i', 'id', 'g'])).toEqual(['id']);
  });
  it('are all where any could be reached', () => {
    expect(columnsFor('{"calculate":"datum[which]"}', columns)).toEqual(columns);
    expect(columnsFor('{"calculate":"length(keys(datum))"}', columns)).toEqual(columns);
    expect(columnsFor('{"tooltip":{"content":"data"}}', columns)).toEqual(columns);
  });
  it('are none that only the words of Vega-Lite, its data, or what is shown name', () => {
    const spec = {
      data: { name: 'people', format: { parse: { born: 'date' } } },
      title: 'salary and name',
      description: 'of secret',
      mark: { type: 'bar' },
      encoding: {
        x: { field: 'wage', type: 'quantitative', aggregate: 'mean', sort: '-y', title: 'secret' },
        y: { datum: 3 },
      },
    };
    const secret = [
      'name',
      'type',
      'mark',
      'data',
      'mean',
      'bar',
      'secret',
      'salary',
      'people',
      'datum',
      'y',
      'born',
      'x',
    ];
    expect(columnsFor(JSON.stringify(spec), [...secret, 'wage'])).toEqual(['wage']);
  });
  it('are those that words of its own would name, where a field does', () => {
    expect(columnsFor('{"field":"name"}', ['name', 'x'])).toEqual(['name']);
    expect(columnsFor('{"sort":{"field":"type"},"groupby":["mark"]}', ['type', 'mark', 'x'])).toEqual(['type', 'mark']);
    expect(columnsFor('{"transform":[{"aggregate":[{"op":"sum","field":"op","as":"s"}]}]}', ['op', 'x'])).toEqual([
      'op',
    ]);
  });
  it('are one where only rows are counted', () => {
    expect(columnsFor('{"y":{"aggregate":"count"}}', columns)).toEqual(['origin']);
  });
});
