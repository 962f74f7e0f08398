/** The menu of one column, and what its choices make of the viewer's settings. */
import { type JSX, lazy, Suspense } from 'solid-js';
import type { Column } from '../../../server/protocol/outputs.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';
import { settingOf, shownColumns, type TableSettings } from '../../../server/protocol/table/settings.ts';
import { moved, orderOf, sortOf, toggled } from './settings.ts';
import { filterNames, testsOf, withTests } from './view.ts';

const ColumnMenu = lazy(() => import('./ColumnMenu.tsx'));

export function Menu(props: {
  readonly columns: readonly Column[];
  /** Its place in the table. */
  readonly column: number;
  readonly anchor: HTMLElement;
  readonly settings: TableSettings;
  readonly narrow: Narrow;
  readonly profile: ColumnProfile | undefined;
  readonly onSettings: (part: TableSettings) => void;
  readonly onNarrow: (narrow: Narrow) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const names = filterNames(props.columns);
  const { column } = props;
  const name = names[column]!;
  const layout = () => shownColumns(props.settings, names);
  const at = () => layout().places.indexOf(column);
  const sorted = () => orderOf(props.settings, names).find((entry) => entry.column === column);
  return (
    <Suspense>
      <ColumnMenu
        name={props.columns[column]!.name}
        type={props.columns[column]!.type}
        anchor={props.anchor}
        tests={testsOf(props.narrow, name)}
        profile={props.profile}
        sorted={sorted() && (sorted()?.descending ? 'down' : 'up')}
        pinned={at() < layout().pinned}
        format={settingOf(props.settings.formats, name)}
        movable={{
          left: at() > 0 && at() !== layout().pinned,
          right: at() < layout().places.length - 1 && at() !== layout().pinned - 1,
        }}
        hideable={layout().places.length > 1}
        onSort={(way) => props.onSettings({ sort: sortOf(way ? [{ column, descending: way === 'down' }] : [], names) })}
        onTests={(tests) => props.onNarrow(withTests(props.narrow, name, tests))}
        onPin={() => props.onSettings({ pinned: toggled(props.settings.pinned ?? [], name) })}
        onHide={() => props.onSettings({ hidden: toggled(props.settings.hidden ?? [], name) })}
        onMove={(by) => {
          const { places, pinned } = layout();
          const next = moved(places, names, column, by);
          props.onSettings({ order: next, ...(pinned > 0 ? { pinned: next.slice(0, pinned) } : {}) });
        }}
        onFormat={(format) => {
          const { [name]: _, ...rest } = props.settings.formats ?? {};
          props.onSettings({ formats: format ? { ...rest, [name]: format } : rest });
        }}
        onClose={props.onClose}
      />
    </Suspense>
  );
}
