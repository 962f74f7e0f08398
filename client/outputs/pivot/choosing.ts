/**
 * What a pivot is made of: a viewer's own settings, what a writer saved, or the first choice; and of which rows: those that
 * the table's filters leave, here as there. Where it is fixed there is only what a writer saved.
 */
import { createMemo, createSignal } from 'solid-js';
import type { Column } from '../../../server/protocol/outputs.ts';
import { choosePivot } from '../../../server/protocol/pivot/choose.ts';
import { narrowIn, type PivotSpec, readPivot, specIn } from '../../../server/protocol/pivot.ts';
import { EVERYTHING, fitting, isNarrow, type Narrow } from '../../../server/protocol/table/narrow.ts';
import { narrowOf, readSettings, type TableSettings } from '../../../server/protocol/table/settings.ts';
import { alike } from '../../alike.ts';
import type { Keeping } from '../table/keeping.ts';
import { pivotKeeping } from './keeping.ts';

const EMPTY: PivotSpec = { rows: [], columns: [], values: [] };

export type ChoosingParts = {
  readonly columns: () => readonly Column[];
  readonly index: number;
  /** What stands in the paragraph for this table: of its chart, and of the table itself. */
  readonly part: () => Readonly<Record<string, unknown>>;
  readonly table: () => unknown;
  readonly fixed: () => boolean;
  readonly place: { readonly viewer: string; readonly paragraph: string } | undefined;
  readonly keeping: Keeping | undefined;
};

/** Call it inside a component. */
export function createChoosing({ columns, index, part, table, fixed, place, keeping }: ChoosingParts) {
  const kept = place && pivotKeeping(place.viewer, place.paragraph, index);
  const saved = createMemo(() => readPivot(part().pivot), undefined, { equals: alike });
  const isShared = () => part().show === 'pivot';
  const [own, setOwn] = createSignal(fixed() ? undefined : kept?.load());
  const [mine, setMine] = createSignal(fixed() ? undefined : keeping?.load());
  const spec = createMemo(
    () => (fixed() ? undefined : specIn(own() ?? {})) ?? specIn(saved()) ?? choosePivot(columns()) ?? EMPTY,
    EMPTY,
    { equals: alike },
  );
  const narrow = createMemo(
    (): Narrow => {
      if (fixed()) return EVERYTHING;
      const looked = mine();
      if (looked === undefined && isShared() && isNarrow(narrowIn(saved())))
        return fitting(narrowIn(saved()), columns());
      return narrowOf(looked ?? readSettings(table()), columns());
    },
    EVERYTHING,
    { equals: alike },
  );
  const isOwn = () => own() !== undefined && !alike(specIn(own() ?? {}), specIn(saved()) ?? choosePivot(columns()));

  return {
    spec,
    narrow,
    isOwn,
    isSaved: () => isShared() && !isOwn() && alike(narrow(), fitting(narrowIn(saved()), columns())),
    /** How one looks at the table. */
    settings: (): TableSettings => mine() ?? readSettings(table()),
    change(next: PivotSpec): void {
      setOwn(next);
      kept?.save(next);
    },
    suggest: (): PivotSpec => choosePivot(columns()) ?? EMPTY,
    startAnew(): void {
      setOwn(undefined);
      kept?.save(undefined);
    },
    /** The table is filtered otherwise, here as there. */
    filter(next: Narrow): void {
      const { search: _, filters: __, ...rest } = mine() ?? readSettings(table());
      const settings: TableSettings = { ...rest, ...next };
      keeping?.save(settings);
      setMine(settings);
    },
  };
}
