/**
 * The server's answer for a chart: asked anew whenever the chart, the stretch that is seen, the rows that are meant or the
 * result change; a question that was overtaken is given up. The last answer stays until the next one is there.
 */
import { batch, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { AnyAnswer } from '../../../server/protocol/chart/answer.ts';
import type { Chart as Chosen } from '../../../server/protocol/chart/choose.ts';
import type { ChartSpec } from '../../../server/protocol/chart.ts';
import type { Narrow } from '../../../server/protocol/table/narrow.ts';
import type { Failure } from '../table/windows.ts';
import { askChart } from './ask.ts';
import type { Range } from './zoom.ts';

/** A wheel asks many times in a moment: the last is meant. */
const SETTLE_MS = 60;

export type Shown<A = AnyAnswer> = {
  readonly answer: A;
  readonly chart: Chosen;
  readonly range: Range | undefined;
  readonly narrow: Narrow;
};

export type Asking = {
  readonly shown: () => Shown | undefined;
  readonly failure: () => Failure | undefined;
  readonly waiting: () => boolean;
  again(): void;
  /** What came can't be drawn. */
  fail(failure: Failure): void;
};

export function createAsking(of: {
  readonly result: () => string;
  readonly chart: () => Chosen | undefined;
  readonly range: () => Range | undefined;
  readonly narrow: () => Narrow;
  /** There is something to be asked, and somebody near to see it. */
  readonly ready: () => boolean;
}): Asking {
  const [shown, setShown] = createSignal<Shown>();
  const [failure, setFailure] = createSignal<Failure>();
  const [waiting, setWaiting] = createSignal(false);
  const [tries, setTries] = createSignal(0);

  createEffect(
    on(
      [of.result, of.chart, of.ready, of.range, of.narrow, tries] as const,
      ([result, chart, isReady, range, narrow], before) => {
        if (!isReady || !chart) {
          setWaiting(false);
          return;
        }
        const stop = new AbortController();
        const spec: ChartSpec = { ...chart, ...(range ? { range: [...range] } : {}) };
        const isLooking = before?.[0] === result && before[1] === chart && before[2];
        setWaiting(true);
        const ask = async (): Promise<void> => {
          const asked = await askChart(result, spec, narrow, stop.signal);
          batch(() => {
            setWaiting(false);
            setFailure(asked.ok ? undefined : asked.failure);
            if (asked.ok) setShown({ answer: asked.answer, chart, range, narrow });
          });
        };
        // It rejects only where it is not wanted any more.
        const timer = setTimeout(() => void ask().catch(() => undefined), isLooking ? SETTLE_MS : 0);
        onCleanup(() => {
          clearTimeout(timer);
          stop.abort();
        });
      },
    ),
  );

  return { shown, failure, waiting, again: () => setTries((count) => count + 1), fail: setFailure };
}
