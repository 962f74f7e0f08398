/** What a run printed: streamed, in its colours, and no longer on the page than one wants to see. */
import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { TextOutput } from '../../server/protocol/outputs.ts';
import { outputs as words } from '../words/outputs.ts';
import { type Color, parseAnsi, type Span } from './ansi.ts';

/** Lines shown at first, and characters even if they are few lines: about one screen, and drawn within a frame. */
const FIRST_LINES = 30;
const FIRST_CHARACTERS = 8_000;
/** Even when all is shown, the page holds at most this much: the end, which is what one reads of a log. */
const MOST_CHARACTERS = 400_000;

type TextProps = {
  readonly output: TextOutput;
  /** Fetches what this copy of the output lacks. */
  readonly whole: () => Promise<string | undefined>;
};

export function Text(props: TextProps): JSX.Element {
  const [all, setAll] = createSignal(false);
  const [fetched, setFetched] = createSignal<string>();
  const [failed, setFailed] = createSignal(false);
  const cut = createMemo(() => cutText((all() && fetched()) || props.output.text, all()));
  const toggle = async (): Promise<void> => {
    if (!all() && props.output.cut && fetched() === undefined) {
      const text = await props.whole();
      setFailed(text === undefined);
      if (text === undefined) return;
      setFetched(text);
    }
    setAll(!all());
  };
  const spans = createMemo(() => parseAnsi(cut().text));
  return (
    <section class="output-text" data-stream={props.output.stream} aria-label={words.text[props.output.stream]}>
      <pre tabindex="0">
        <For each={spans()}>{(span) => <Piece span={span} />}</For>
      </pre>
      <Show when={cut().more > 0 || all() || props.output.cut}>
        <button type="button" class="link" onClick={() => void toggle()}>
          {all() ? words.text.showLess : props.output.cut ? words.text.showWhole : words.text.showAll(cut().lines)}
        </button>
      </Show>
      <Show when={failed()}>
        <span class="output-omitted">{words.text.failed}</span>
      </Show>
      <Show when={props.output.omitted}>
        {(omitted) => <span class="output-omitted">{words.text.omitted(omitted())}</span>}
      </Show>
    </section>
  );
}

export function Piece(props: { readonly span: Span }): JSX.Element {
  const { style, text } = props.span;
  if (Object.keys(style).length === 0) return text;
  const [front, back] = style.inverse
    ? [style.background ?? 'var(--paper)', style.color ?? 'var(--ink)']
    : [style.color, style.background];
  return (
    <span
      class={['bold', 'dim', 'italic', 'underline', 'strike']
        .filter((name) => name in style)
        .map((name) => `ansi-${name}`)
        .join(' ')}
      style={{ color: css(front), 'background-color': css(back) }}
    >
      {text}
    </span>
  );
}

/** The sixteen named colours are the page's own, readable in both themes. */
const css = (color: Color | string | undefined): string | undefined =>
  typeof color === 'number' ? `var(--ansi-${color})` : color;

export type Cut = { readonly text: string; readonly lines: number; readonly more: number };

/** The text to show: its first lines, or all of it within the page's means. */
export function cutText(text: string, all: boolean): Cut {
  const lines = countLines(text);
  if (all) {
    const kept = text.length > MOST_CHARACTERS ? text.slice(-MOST_CHARACTERS) : text;
    return { text: trimEnd(kept), lines, more: 0 };
  }
  let end = -1;
  for (let line = 0; line < FIRST_LINES; line += 1) {
    const next = text.indexOf('\n', end + 1);
    if (next < 0) {
      end = text.length;
      break;
    }
    end = next;
  }
  end = Math.min(end, FIRST_CHARACTERS);
  if (text.slice(end).trim() === '') return { text: trimEnd(text), lines, more: 0 };
  return { text: text.slice(0, end), lines, more: text.length - end };
}

const trimEnd = (text: string): string => (text.endsWith('\n') ? text.slice(0, -1) : text);

function countLines(text: string): number {
  let lines = text.endsWith('\n') || text === '' ? 0 : 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
