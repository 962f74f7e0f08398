/** The content of an output that code made: what came with the run, or, of a long one, what is fetched once it is near. */
import { createEffect, createMemo, createSignal, on } from 'solid-js';
import { contentOf } from '../../../server/protocol/content.ts';
import type { RunId } from '../../../server/protocol/ids.ts';
import type { MadeOutput } from '../../../server/protocol/outputs.ts';
import { readText } from '../whole.ts';

export type Source = { readonly run: RunId; readonly index: number; readonly output: MadeOutput };

/** `text`: undefined while it is not here. */
export type Whole = { text(): string | undefined; failed(): boolean; near(): void };

export function createWhole(source: () => Source): Whole {
  const [fetched, setFetched] = createSignal<string>();
  const [failed, setFailed] = createSignal(false);
  const [near, setNear] = createSignal(false);
  const isCut = (): boolean => source().output.cut !== undefined;
  /** Of this run and place there is but one content. */
  const key = createMemo(() => `${source().run}/${source().index}/${source().output.kind}/${isCut()}`);
  createEffect(
    on([key, near], ([now, isNear], before) => {
      if (before && before[0] !== now) {
        setFetched(undefined);
        setFailed(false);
      }
      if (!isNear || !isCut() || fetched() !== undefined) return;
      const { run, index } = source();
      void readText(run, index).then((text) => {
        if (key() !== now) return;
        setFetched(text);
        setFailed(text === undefined);
      });
    }),
  );
  return {
    text: createMemo(() => (isCut() ? fetched() : contentOf(source().output))),
    failed,
    near: () => void setNear(true),
  };
}
