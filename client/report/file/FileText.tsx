/** What a run printed, all of it that the file holds: it scrolls on a screen and runs on over paper. */
import { createMemo, For, type JSX, Show } from 'solid-js';
import type { TextOutput } from '../../../server/protocol/outputs.ts';
import { parseAnsi } from '../../outputs/ansi.ts';
import { Piece } from '../../outputs/Text.tsx';
import { outputs as words } from '../../words/outputs.ts';
import { report } from '../../words/report.ts';

export function FileText(props: { readonly output: TextOutput }): JSX.Element {
  const spans = createMemo(() => parseAnsi(props.output.text.replace(/\n$/, '')));
  return (
    <section class="output-text" data-stream={props.output.stream} aria-label={words.text[props.output.stream]}>
      <pre tabindex="0">
        <For each={spans()}>{(span) => <Piece span={span} />}</For>
      </pre>
      <Show when={props.output.omitted}>
        {(omitted) => <span class="output-omitted">{report.file.more(omitted())}</span>}
      </Show>
    </section>
  );
}
