import { type Accessor, type JSX, Show } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { useNotebook } from '../notebook/context.ts';
import { keyHint } from '../notebook/keys.ts';
import { clock } from '../parts/time.ts';
import { dependWords } from '../words/depends.ts';
import type { KeptResult } from './calls.ts';

const words = dependWords.kept;

/** In a paragraph's head: that a run would give a kept result again, and the way to have that instead. */
export function Kept(props: {
  readonly id: ParagraphId;
  readonly kept: Accessor<KeptResult | undefined>;
}): JSX.Element {
  const notebook = useNotebook();
  return (
    <Show when={props.kept()}>
      {(kept) => {
        const when = (): string => clock(kept().at, Date.now());
        return (
          <span class="kept">
            <span class="kept-same">{words.same(when())}</span>
            <button
              type="button"
              class="link-button"
              aria-label={words.useOf(when())}
              data-tip={words.tip(when(), kept().by, keyHint('use-kept', notebook.app.mac) ?? '')}
              onClick={() => notebook.perform({ command: 'use-kept' }, props.id)}
            >
              {words.use}
            </button>
          </span>
        );
      }}
    </Show>
  );
}
