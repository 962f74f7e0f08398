/**
 * Runs with a viewer's values, and by themselves after a change where they wished so: the server finds what those reach. A
 * writer who has the notebook's own values again needs no run: everybody's results are there.
 */
import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { sameValue } from '../../server/protocol/forms/read.ts';
import type { FormsView } from './values.ts';

export type FormRuns = {
  run(): void;
  readonly again: { readonly isOn: Accessor<boolean>; set(on: boolean): void };
  /** The same view, whose changes run where that is wished. */
  readonly view: FormsView;
};

/** Whoever types or drags goes on within that time. */
const SETTLED_MS = 600;
const KEY = 'gondola.forms.again';

export type FormRunsParts = {
  readonly view: FormsView;
  readonly run: () => void;
  /** Their runs are always their own. */
  readonly isVisitor: () => boolean;
  readonly runnable: () => boolean;
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
};

export function createFormRuns({ view, run, isVisitor, runnable, storage }: FormRunsParts): FormRuns {
  const [isOn, setOn] = createSignal(storage.getItem(KEY) === 'on');
  let timer: ReturnType<typeof setTimeout> | undefined;
  function callOff(): void {
    clearTimeout(timer);
    timer = undefined;
  }
  onCleanup(callOff);
  function runNow(): void {
    callOff();
    if (isOn() && runnable() && (isVisitor() || view.changed().length > 0)) run();
  }
  function watching(change: () => void): void {
    const before = view.values();
    change();
    const now = view.values();
    const isChanged = [...now].some(([name, value]) => {
      const old = before.get(name);
      return old !== undefined && !sameValue(old, value);
    });
    if (!isOn() || !isChanged) return;
    clearTimeout(timer);
    timer = setTimeout(runNow, SETTLED_MS);
  }
  return {
    run() {
      callOff();
      run();
    },
    again: {
      isOn,
      set(on) {
        setOn(on);
        if (on) storage.setItem(KEY, 'on');
        else storage.removeItem(KEY);
      },
    },
    view: {
      ...view,
      type: (name, raw) => watching(() => view.type(name, raw)),
      reset: (names) => watching(() => view.reset(names)),
    },
  };
}
