/**
 * The place of a frame in the page: alive near the viewport, elsewhere its last picture in a box of its last height, so
 * that nothing jumps. New content is drawn behind the old and takes its place when it stands.
 */
import { createEffect, createSignal, type JSX, on, onCleanup, onMount, Show, untrack } from 'solid-js';
import type { Answer, Order, Picture, Theme } from '../../frame/messages.ts';
import { type Ended, type Frame, openFrame } from './frame.ts';
import { useFrames } from './frames.ts';
import { keepSteady } from './steady.ts';
import { fetchFont, watchTheme } from './theme.ts';
import type { Watched } from './watch.ts';
import './frame.css';

type Showing = Order & { readonly type: 'html' | 'chart' };
/** `make` is called for each frame, as buffers are given away. */
export type Content = { readonly type: Showing['type']; readonly make: (theme: Theme) => Showing };

export type FramedProps = {
  readonly label: string;
  /** Undefined while it is not known. */
  readonly content: Content | undefined;
  /** Before anything has told its height, in px. */
  readonly guess: number;
  readonly onNear: () => void;
  /** What in its spec was not followed. */
  readonly onDrawn: (notes: readonly string[]) => void;
  readonly onFailed: (answer: Extract<Answer, { type: 'failed' }> | Ended) => void;
  readonly onPicture?: (format: Picture, bytes: ArrayBuffer) => void;
  readonly onLink?: (href: string) => void;
  readonly ref?: (handle: { ask(format: Picture): boolean }) => void;
};

/** An output higher than this scrolls in its own frame. */
const MOST_HEIGHT = 4000;
const LEAST_HEIGHT = 24;
/** A box that changes its height with each frame of an animation moves the page at most so often. */
const HEIGHT_MS = 100;
/** A frame that leaves is waited for so long for its picture. */
const LEAVE_MS = 1000;

export function Framed(props: FramedProps): JSX.Element {
  const { pool, turns, watch } = useFrames();
  const theme = watchTheme(document.documentElement);
  const [height, setHeight] = createSignal(props.guess);
  const [picture, setPicture] = createSignal<string>();
  const [alive, setAlive] = createSignal(false);
  const [font, setFont] = createSignal<ArrayBuffer | 'none'>();
  let box!: HTMLDivElement;
  let frames!: HTMLDivElement;
  let shown: Frame | undefined;
  let coming: Frame | undefined;
  let leaving: ReturnType<typeof setTimeout> | undefined;
  let paced: ReturnType<typeof setTimeout> | undefined;
  /** The frame that is told when the pointer leaves it. */
  let entered: Frame | undefined;
  let latest = 0;
  let drawn: FramedProps['content'];
  let isSeen = (): boolean => true;
  /** What ends the turn to draw, or the waiting for it. */
  let turn: (() => void) | undefined;
  let watched: Watched | undefined;

  function take(value: number): void {
    latest = Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, value));
    if (paced) return;
    keepSteady(box, () => setHeight(latest));
    paced = setTimeout(() => {
      paced = undefined;
      if (latest !== height()) take(latest);
    }, HEIGHT_MS);
  }

  /** For now: what is watched may come back. */
  function empty(): void {
    clearTimeout(leaving);
    leaving = undefined;
    turn?.();
    shown?.close();
    coming?.close();
    shown = undefined;
    coming = undefined;
  }

  function closeAll(): void {
    watched?.left();
    watched = undefined;
    empty();
  }

  /** Draws it when its turn has come. */
  function begin(content: Content, face: ArrayBuffer | 'none'): void {
    turn?.();
    watched?.left();
    const start = (): void => open(content, face);
    const wait = (): void => {
      turn = turns.take({ isSeen, isLight: content.type === 'html', start });
    };
    watched = watch({
      ping() {
        shown?.ping();
        coming?.ping();
      },
      aside: empty,
      again: (now) => (now ? start() : wait()),
      stop() {
        closeAll();
        props.onFailed('stuck');
      },
    });
    wait();
  }

  function open(content: Content, face: ArrayBuffer | 'none'): void {
    coming?.close();
    let stands = false;
    let measured: number | undefined;
    const frame = openFrame(frames, {
      label: untrack(() => props.label),
      order: content.make({ ...untrack(theme), ...(face instanceof ArrayBuffer ? { font: face.slice(0) } : {}) }),
      onLoad: () => watched?.loaded(),
      onEnd(why) {
        closeAll();
        props.onFailed(why);
      },
      onAnswer(answer) {
        watched?.answered();
        const isReady = answer.type === 'drawn' || (answer.type === 'height' && content.type === 'html');
        if (isReady && !stands) {
          stands = true;
          watched?.shown();
          turn?.();
          shown?.close();
          shown = frame;
          coming = undefined;
          frame.element.classList.remove('coming');
          setPicture(undefined);
          if (measured !== undefined) take(measured);
          props.onDrawn(answer.type === 'drawn' ? answer.notes : []);
        }
        // What is drawn behind the old has its height when it comes forward.
        if (answer.type !== 'height') heard(frame, answer);
        else if (stands) take(answer.height);
        else measured = answer.height;
      },
    });
    watched?.opened();
    frame.element.classList.add('coming');
    coming = frame;
  }

  function heard(frame: Frame, answer: Exclude<Answer, { type: 'height' }>): void {
    switch (answer.type) {
      case 'drawn':
      case 'pong':
        return;
      case 'inside':
        watched?.touched();
        // However often it tells.
        if (!entered) document.addEventListener('pointermove', outside, { once: true, passive: true });
        entered = frame;
        return;
      case 'failed':
        if (frame === shown) shown = undefined;
        if (frame === coming) coming = undefined;
        frame.close();
        closeAll();
        props.onFailed(answer);
        return;
      case 'picture':
        if (answer.format === 'snapshot') void keep(answer.bytes);
        else props.onPicture?.(answer.format, answer.bytes);
        return;
      case 'link':
        props.onLink?.(answer.href);
        return;
      case 'escape':
        // Only who is in it wants out of it: what stands in a frame can't take the caret from elsewhere.
        if (document.activeElement === frame.element)
          box.closest<HTMLElement>('[data-paragraph]')?.focus({ preventScroll: true });
    }
  }

  /** The next move that the page itself sees is outside. */
  function outside(): void {
    entered?.leave();
    entered = undefined;
  }

  /** The frame has left its picture and may go. */
  async function keep(bytes: ArrayBuffer): Promise<void> {
    const address = await addressOf(bytes);
    if (!leaving) return;
    setPicture(address);
    closeAll();
  }

  onMount(() => {
    const joined = pool.join(box, {
      seen: () => watched?.touched(),
      change(next) {
        setAlive(next);
        if (!next) return;
        props.onNear();
        // Of the browser's cache, as the page itself is set in it.
        if (untrack(font) === undefined) void fetchFont().then((face) => setFont(face ?? 'none'));
      },
    });
    isSeen = joined.isSeen;
    props.ref?.({
      ask(format) {
        if (!shown) return false;
        shown.ask(format);
        return true;
      },
    });
    onCleanup(joined.release);
  });
  createEffect(
    on([alive, () => props.content, font], ([lives, content, face]) => {
      if (!lives) {
        // Of HTML there is no picture.
        if (!shown || drawn?.type !== 'chart') return closeAll();
        turn?.();
        coming?.close();
        if (coming) drawn = undefined;
        coming = undefined;
        if (leaving) return;
        leaving = setTimeout(closeAll, LEAVE_MS);
        shown.ask('snapshot');
        return;
      }
      clearTimeout(leaving);
      leaving = undefined;
      if (!content || !face || (content === drawn && watched)) return;
      drawn = content;
      begin(content, face);
    }),
  );
  createEffect(
    on(
      theme,
      (next) => {
        shown?.wear(next);
        coming?.wear(next);
        // In the old colours it would be worse than none.
        setPicture(undefined);
      },
      { defer: true },
    ),
  );
  onCleanup(() => {
    clearTimeout(paced);
    document.removeEventListener('pointermove', outside);
    closeAll();
  });
  return (
    <div ref={box} class="framed" style={{ height: `${height()}px` }}>
      <div ref={frames} class="framed-frames" />
      <Show when={picture()}>{(address) => <img class="framed-picture" src={address()} alt={props.label} />}</Show>
    </div>
  );
}

/** The page's policy lets pictures stand in the page itself, not behind addresses of memory. */
function addressOf(bytes: ArrayBuffer): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(new Blob([bytes], { type: 'image/png' }));
  });
}
