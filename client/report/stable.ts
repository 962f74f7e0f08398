/**
 * Rows and tabs that say the same are the same objects from one look to the next: what is drawn of them then stays, with
 * its scroll, its selection and its charts.
 */
import type { Arranged, Row, Tab } from '../../server/protocol/report/layout.ts';

export function createStable<Id extends string>(): (next: Arranged<Id>) => Arranged<Id> {
  let rows = new Map<string, Row<Id>>();
  let tabs = new Map<string, Tab<Id>>();
  return (next) => {
    const keptRows = new Map<string, Row<Id>>();
    const keptTabs = new Map<string, Tab<Id>>();
    const keepRows = (all: readonly Row<Id>[]): readonly Row<Id>[] => all.map((row) => keep(row, rows, keptRows));
    const arranged = {
      rows: keepRows(next.rows),
      tabs: next.tabs.map((tab) => keep({ ...tab, rows: keepRows(tab.rows) }, tabs, keptTabs)),
    };
    rows = keptRows;
    tabs = keptTabs;
    return arranged;
  };
}

function keep<T>(one: T, before: ReadonlyMap<string, T>, now: Map<string, T>): T {
  const said = JSON.stringify(one);
  const same = before.get(said) ?? one;
  now.set(said, same);
  return same;
}
