/** The layout of an open notebook's report, as a signal, and what a writer does to it: each is one undoable step of theirs. */
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { type Json, metaOf, setOption } from '../../server/protocol/document.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { layoutOf, setLayout } from '../../server/protocol/report/document.ts';
import {
  type Layout,
  type Place,
  placeOption,
  REPORT,
  SPAN,
  type TabLevel,
  type Width,
} from '../../server/protocol/report/layout.ts';
import type { LiveNotebook } from '../live/contract.ts';

export type LayoutView = {
  readonly layout: Accessor<Layout>;
  setWidth(width: Width): void;
  setTabs(tabs: TabLevel | undefined): void;
  setPlace(id: ParagraphId, place: Place): void;
  /** Of the columns of one row, by what begins each. */
  setSpans(spans: ReadonlyMap<ParagraphId, number>): void;
  undo(): void;
};

export function openLayout({ doc, origin, undo }: Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>): LayoutView {
  const [layout, setNow] = createSignal(layoutOf(doc), {
    equals: (a, b) => a.width === b.width && a.tabs === b.tabs,
  });
  const meta = metaOf(doc);
  const read = (): void => void setNow(layoutOf(doc));
  meta.observe(read);
  onCleanup(() => meta.unobserve(read));
  const step = (change: () => void): void => {
    undo.stopCapturing();
    change();
    undo.stopCapturing();
  };
  const set = (key: string, value: Json | undefined): void => step(() => setLayout(doc, key, value, origin));
  return {
    layout,
    setWidth: (width) => set('width', width),
    setTabs: (tabs) => set('tabs', tabs),
    setPlace: (id, place) => step(() => setOption(doc, id, REPORT, placeOption(place), origin)),
    setSpans: (spans) =>
      step(() =>
        doc.transact(() => {
          for (const [id, span] of spans) setOption(doc, id, SPAN, span === 1 ? undefined : span, origin);
        }, origin),
      ),
    undo: () => void undo.undo(),
  };
}
