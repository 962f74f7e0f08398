/** What the frames of one page share: places, turns to draw, and the watch over those that silence the others. */
import { useContext } from 'solid-js';
import { createPool } from './pool.ts';
import { type Frames, FramesContext } from './shared.ts';
import { createTurns } from './turns.ts';
import { createWatch } from './watch.ts';

/** How often each frame is asked whether it is well. */
const TICK_MS = 1_000;
/** Timers of the page that are later than this tell of a machine that has too much to do. */
const MOST_LATE = 500;

export function createFrames(): Frames {
  const watch = createWatch();
  const turns = createTurns(watch.isCalm);
  let timer: ReturnType<typeof setInterval> | undefined;
  let last = 0;

  function tick(): void {
    const now = performance.now();
    const late = now - last - TICK_MS;
    last = now;
    // Browsers slow down what nobody looks at.
    watch.tick(late < MOST_LATE && !document.hidden);
    turns.look();
    if (watch.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    pool: createPool(),
    turns,
    watch(member) {
      if (timer === undefined) {
        last = performance.now();
        timer = setInterval(tick, TICK_MS);
      }
      return watch.join(member);
    },
  };
}

/** Those of the page, made for the first that asks; a frame that stands in none keeps to itself. */
export function useFrames(): Frames {
  const shared = useContext(FramesContext) ?? {};
  shared.frames ??= createFrames();
  return shared.frames;
}
