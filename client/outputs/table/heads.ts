/**
 * What stands below the names of columns: how the values lie in the rows that the filters leave, and for a column's menu in
 * those that its own filter would leave out, too, so that they are there to be chosen.
 */
import type { Column, TableOutput } from '../../../server/protocol/outputs.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import type { ColumnProfile } from '../../../server/protocol/table/profile.ts';
import { createProfiles, type Profiles } from './profiles.ts';
import { sameNarrow, withTests } from './view.ts';

export type HeadsParts = {
  readonly output: () => Pick<TableOutput, 'result' | 'open'> & { readonly columns: readonly Column[] };
  readonly narrow: () => Narrow;
  readonly names: readonly string[];
  /** Of the columns that are shown, in order. */
  readonly places: () => readonly number[];
  /** Where a shown column's profile stands, if there is room for one. */
  readonly place: (shown: number) => HTMLElement | undefined;
  readonly onArrive: () => void;
};

export type Heads = {
  /** The rows are others now. */
  renew(): void;
  /** In a place that was just made. */
  show(place: HTMLElement, column: string): void;
  forMenu(column: string): Profiles;
  endMenu(profile: Profiles): void;
  /** The table came near: profiles wait for that, and for its first rows. */
  come(): void;
  release(): void;
};

export function createHeads({ output, narrow, names, places, place, onArrive }: HeadsParts): Heads {
  let profiles: Profiles | undefined;
  let come = () => {};
  const near = new Promise<void>((resolve) => {
    come = resolve;
  });
  return {
    renew: () => {
      profiles?.release();
      profiles = output().open
        ? undefined
        : createProfiles({
            result: output().result,
            narrow: narrow(),
            ready: near,
            onProfile: (column, profile) => {
              onArrive();
              const at = place(places().indexOf(names.indexOf(column)));
              if (at) draw(at, profile);
            },
          });
      places().forEach((column, shown) => {
        if (place(shown)) profiles?.want(names[column]!);
      });
    },
    show: (at, column) => {
      const known = profiles?.get(column);
      if (known) draw(at, known);
      else profiles?.want(column);
    },
    forMenu: (column) => {
      const others = withTests(narrow(), column, []);
      const profile =
        profiles && sameNarrow(others, narrow())
          ? profiles
          : createProfiles({
              result: output().result,
              narrow: others,
              ready: Promise.resolve(),
              onProfile: onArrive,
            });
      profile.want(column, true);
      return profile;
    },
    endMenu: (profile) => {
      if (profile !== profiles) profile.release();
    },
    come: () => come(),
    release: () => profiles?.release(),
  };
}

function draw(place: HTMLElement, profile: ColumnProfile): void {
  void import('./profile.ts').then(({ drawProfile }) => drawProfile(place, profile));
}
