/**
 * What is selected in the charts of one notebook: for whoever looks alone, never sent and gone with the page. A chart has one
 * selection at most; results that follow show what all of the others leave. Sources are told by the place of their result, so
 * that a selection stays when its chart is drawn anew; of a paragraph that is gone it is gone too.
 */
import { createContext, createSignal } from 'solid-js';
import type { Kind } from '../../../server/protocol/table/kinds.ts';
import type { Filter } from '../../../server/protocol/table/narrow.ts';

/** A filter with what its column is: another column by that name has to be alike. */
export type LinkedFilter = Filter & { readonly kind: Kind };

/** `to` is where it ends: of whole bins and stretches of time where the next one begins. */
export type Stretch = { readonly from: number; readonly to: number };

/** What is selected in a chart, in the chart's own terms. */
export type Chosen = {
  readonly x?: Stretch;
  /** Of points. */
  readonly y?: Stretch;
  /** Labels of categories along x. */
  readonly places?: readonly string[];
  /** Labels of the legend. */
  readonly colours?: readonly string[];
};

export type Selection = {
  readonly source: string;
  /** What its chart is called. */
  readonly title: string;
  /** What is selected, in a few words. */
  readonly said: string;
  /** All of them hold. */
  readonly filters: readonly LinkedFilter[];
  readonly chosen: Chosen;
};

export type Linked = {
  /** In the order they were made. */
  selections(): readonly Selection[];
  of(source: string): Selection | undefined;
  select(selection: Selection): void;
  clear(source: string): void;
  /** A chart that can be selected in; returns the release. */
  offer(source: string): () => void;
  /** Whether another one can be. */
  isOffered(besides: string): boolean;
  /** A result that follows; returns the release. */
  follow(target: string): () => void;
  /** How many others follow. */
  followers(besides: string): number;
};

/** Absent where nothing is linked: in frames and files. */
export const LinkedContext = createContext<Linked>();

/** The place of a paragraph's table number `index`. */
export const placeIn = (paragraph: string, index: number): string => `${paragraph}/${index}`;

/** `isThere`: whether a paragraph is in the notebook still. */
export function createLinked(isThere: (paragraph: string) => boolean = () => true): Linked {
  const [all, setAll] = createSignal<readonly Selection[]>([]);
  const offered = createCrowd();
  const followers = createCrowd();
  const paragraphOf = (source: string): string => source.slice(0, source.lastIndexOf('/'));
  const selections = () => all().filter(({ source }) => isThere(paragraphOf(source)));
  const without = (source: string) => all().filter((one) => one.source !== source);
  return {
    selections,
    of: (source) => all().find((one) => one.source === source),
    select: (selection) => void setAll([...without(selection.source), selection]),
    clear: (source) => {
      if (all().some((one) => one.source === source)) setAll(without(source));
    },
    offer: offered.join,
    isOffered: (besides) => offered.besides(besides) > 0,
    follow: followers.join,
    followers: followers.besides,
  };
}

/** Places that are there, each as often as it came. */
function createCrowd() {
  const [places, setPlaces] = createSignal<readonly string[]>([]);
  return {
    join(place: string): () => void {
      setPlaces((now) => [...now, place]);
      return () =>
        setPlaces((now) => {
          const at = now.indexOf(place);
          return now.filter((_, index) => index !== at);
        });
    },
    besides: (place: string): number => new Set(places().filter((one) => one !== place)).size,
  };
}
