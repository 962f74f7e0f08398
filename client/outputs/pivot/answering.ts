/**
 * The server's answer for a pivot: asked anew whenever the pivot, its filters or the result change; a question that was
 * overtaken is given up. The last answer stays until the next one is there.
 */
import { batch, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { PivotAnswer } from '../../../server/protocol/pivot/answer.ts';
import type { PivotField, PivotSpec } from '../../../server/protocol/pivot.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import { alike } from '../../alike.ts';
import type { Failure } from '../table/windows.ts';
import { askPivot } from './ask.ts';

/** Sooner nobody looks for a way out. */
const PATIENCE_MS = 1000;

export type Shown = { readonly answer: PivotAnswer; readonly spec: PivotSpec };

export type Answering = {
  readonly shown: () => Shown | undefined;
  readonly failure: () => Failure | undefined;
  readonly waiting: () => 'no' | 'begun' | 'long';
  again(): void;
  cancel(): void;
};

export function createAnswering(of: {
  readonly result: () => string;
  readonly spec: () => PivotSpec;
  readonly narrow: () => Narrow;
  /** There is something to be asked, and somebody near to see it. */
  readonly ready: () => boolean;
  readonly onAsk: () => void;
  /** What came is another pivot than was asked for: the one that whoever may not read the rows is told. */
  readonly onLocked: () => void;
}): Answering {
  const [shown, setShown] = createSignal<Shown>();
  const [failure, setFailure] = createSignal<Failure>();
  const [waiting, setWaiting] = createSignal<'no' | 'begun' | 'long'>('no');
  const [tries, setTries] = createSignal(0);
  let stop = new AbortController();

  createEffect(
    on([of.result, of.spec, of.narrow, of.ready, tries] as const, ([result, spec, narrow, isReady]) => {
      if (!isReady) {
        setWaiting('no');
        return;
      }
      const asking = new AbortController();
      stop = asking;
      batch(() => {
        setWaiting('begun');
        of.onAsk();
      });
      const timer = setTimeout(() => setWaiting('long'), PATIENCE_MS);
      onCleanup(() => {
        clearTimeout(timer);
        asking.abort();
      });
      const ask = async (): Promise<void> => {
        const asked = await askPivot({ result, spec, narrow }, asking.signal);
        clearTimeout(timer);
        batch(() => {
          setWaiting('no');
          setFailure(asked.ok ? undefined : asked.failure);
          if (!asked.ok) return;
          if (isOf(asked.answer, spec)) setShown({ answer: asked.answer, spec });
          else of.onLocked();
        });
      };
      // It rejects only where it is not wanted any more.
      ask().catch(() => undefined);
    }),
  );

  return {
    shown,
    failure,
    waiting,
    again: () => setTries((count) => count + 1),
    cancel() {
      stop.abort();
      setWaiting('no');
    },
  };
}

/** Whether it is what was asked for. */
function isOf({ rows, columns, values }: PivotAnswer, spec: PivotSpec): boolean {
  const fields = (list: readonly Pick<PivotField, 'column' | 'unit' | 'bin'>[]) =>
    list.map(({ column, unit, bin }) => [column, unit, bin !== undefined]);
  const said = spec.values.length > 0 ? spec.values : [{ aggregate: 'count' as const, column: undefined }];
  return alike(
    [fields(rows.fields), fields(columns.fields), values.map(({ column, aggregate }) => [column, aggregate])],
    [fields(spec.rows), fields(spec.columns), said.map(({ column, aggregate }) => [column, aggregate])],
  );
}
