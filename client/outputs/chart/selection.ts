/**
 * What is selected in one chart, as the notebook knows it: whether it can be, what dragging does, and what a new choice says
 * to those who follow. What filters can't say is not selected, and that is said.
 */
import { createMemo, createSignal, onCleanup, useContext } from 'solid-js';
import { linked as words } from '../../words/linked.ts';
import { type Chosen, LinkedContext } from '../linked/linked.ts';
import { isChosen, isSelectable, type Shown, toldOf } from './chosen.ts';
import type { LegendProps } from './Legend.tsx';
import type { Mode } from './Modes.tsx';
import { onName } from './selecting.ts';

/** Call it inside a component. */
export function createSelection(of: {
  readonly source: string;
  readonly shown: () => Shown | undefined;
  readonly title: () => string;
  readonly onSaid: (text: string) => void;
}) {
  const linked = useContext(LinkedContext);
  if (linked) onCleanup(linked.offer(of.source));
  const [picked, setPicked] = createSignal<Mode>('select');
  const followers = createMemo(() => linked?.followers(of.source) ?? 0);
  const now = createMemo(() => linked?.of(of.source));
  const isOffered = createMemo(() => {
    const shown = of.shown();
    return followers() > 0 && shown !== undefined && isSelectable(shown.answer);
  });
  const chosen = createMemo(() => now()?.chosen);

  function choose(next: Chosen | undefined): void {
    if (!linked) return;
    const shown = of.shown();
    if (!next || !isChosen(next)) {
      if (now()) of.onSaid(words.cleared);
      linked.clear(of.source);
      return;
    }
    const told = shown && toldOf(next, shown);
    if (!told) {
      of.onSaid(words.cannot);
      return;
    }
    of.onSaid('');
    linked.select({ source: of.source, title: of.title(), ...told, chosen: next });
  }

  return {
    isOffered,
    mode: (): Mode => (isOffered() ? picked() : 'zoom'),
    setMode: setPicked,
    chosen,
    choose,
    /** What dragging and clicking on the picture do, where that is to select. */
    onChosen: () => (isOffered() && picked() === 'select' ? choose : undefined),
    /** What is said below the chart. */
    told: () => {
      const held = now();
      return held && { said: held.said, followers: followers() };
    },
    onLegend(names: 'places' | 'colours'): LegendProps['selecting'] {
      if (!isOffered() || picked() !== 'select') return undefined;
      const held = chosen();
      return { chosen: held?.[names], onPick: (name, more) => choose(onName(name, more, names, held)) };
    },
  };
}
