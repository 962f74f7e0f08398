/**
 * Whether a result follows what is selected in other charts, and what that leaves of it. A writer says so for all, in the
 * paragraph; anyone else for themselves, in their browser. What may not be looked at otherwise than it is published never
 * follows: a filter over its rows would give them away one answer at a time.
 */
import { createEffect, createMemo, createSignal, onCleanup, useContext } from 'solid-js';
import type { Column } from '../../../server/protocol/outputs.ts';
import { alike } from '../../alike.ts';
import { standingAt } from '../../standing.ts';
import { openKept } from '../table/kept.ts';
import { appliedTo } from './apply.ts';
import { LinkedContext } from './linked.ts';

const KEY = 'gondola.follows';

export type FollowingParts = {
  readonly target: string;
  readonly columns: readonly Column[];
  /** As the paragraph says. */
  readonly saved: boolean;
  readonly viewer: string | undefined;
  /** Says so for all; absent for those who may not write. */
  readonly onSave: ((on: boolean) => void) | undefined;
};

/** Call it inside a component. */
export function createFollowing(of: FollowingParts) {
  const linked = useContext(LinkedContext);
  const kept = keptAt(of.viewer, of.target);
  const [own, setOwn] = createSignal(kept?.load());
  const on = createMemo(() => linked !== undefined && (own() ?? of.saved));
  createEffect(() => {
    if (linked && on()) onCleanup(linked.follow(of.target));
  });
  const applied = createMemo(() => (linked && on() ? appliedTo(of.target, of.columns, linked.selections()) : []), [], {
    equals: alike,
  });
  return {
    on,
    applied,
    filters: createMemo(() => applied().flatMap(({ filters }) => filters), [], { equals: alike }),
    toggle(): void {
      const next = !on();
      const save = of.onSave;
      save?.(next);
      const mine = save || next === of.saved ? undefined : next;
      setOwn(mine);
      kept?.save(mine);
    },
    clear: (source: string): void => linked?.clear(source),
  };
}

/** Nothing is kept where the page is a stranger's frame, or shows how others see it. */
function keptAt(viewer: string | undefined, target: string) {
  if (viewer === undefined || standingAt(location).kind !== 'own') return undefined;
  const place = [viewer, location.pathname, target].join(' ');
  const open = () => {
    try {
      return openKept(localStorage, KEY, (value) => value === true);
    } catch {
      // A browser may forbid it.
      return undefined;
    }
  };
  return {
    load: () => open()?.load(place),
    save: (on: boolean | undefined) => open()?.save(place, on),
  };
}
