/** Frames that share a process, one of which silences it; the watch sees only who answers. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWatch, MOST_SILENT, type Watched } from '../../../../client/outputs/frame/watch.ts';

type Kind = {
  /** Hangs with this step of its own: as it is told what to show, as that is drawn, or so many ticks later. */
  readonly hangs?: 'order' | 'drawing' | number;
  /** Whether the process goes on when its frame has gone: nothing ends a drawing under way. */
  readonly frees?: boolean;
};

function world(kinds: readonly Kind[]) {
  const watch = createWatch();
  /** Frames in the process; it ends when the last has gone. */
  const inside = new Set<number>();
  let hung: number | undefined;
  const frames = kinds.map((kind, index) => {
    const state = { step: 'new' as 'new' | 'loaded' | 'shown' | 'gone', age: 0, pinged: false, stops: 0, opened: 0 };
    const open = (): void => {
      Object.assign(state, { step: 'new', age: 0, pinged: false, opened: state.opened + 1 });
      inside.add(index);
      watched.opened();
    };
    const close = (): void => {
      state.step = 'gone';
      inside.delete(index);
      if (inside.size === 0 || (hung === index && kind.frees)) hung = undefined;
    };
    const watched: Watched = watch.join({
      ping: () => {
        state.pinged = true;
      },
      aside: close,
      again: open,
      stop() {
        close();
        state.stops += 1;
      },
    });
    open();
    return { kind, state, watched, close };
  });
  function turn(index: number): void {
    const { kind, state, watched } = frames[index]!;
    if (hung !== undefined || state.step === 'gone') return;
    const hang = (): void => {
      hung = index;
    };
    if (state.step === 'new') {
      watched.loaded();
      state.step = 'loaded';
      if (kind.hangs === 'order') hang();
      return;
    }
    if (state.step === 'loaded') {
      watched.shown();
      watched.answered();
      state.step = 'shown';
      if (kind.hangs === 'drawing') hang();
      return;
    }
    state.age += 1;
    if (typeof kind.hangs === 'number' && state.age > kind.hangs) hang();
    else if (state.pinged) watched.answered();
    state.pinged = false;
  }
  return {
    frames,
    run(ticks: number, onTime = true) {
      for (let tick = 0; tick < ticks; tick += 1) {
        for (let step = 0; step < 3; step += 1) for (const index of frames.keys()) turn(index);
        watch.tick(onTime);
      }
    },
    stops: () => frames.map(({ state }) => state.stops),
    steps: () => frames.map(({ state }) => state.step),
  };
}

const kindsOfBombs: readonly Kind[] = [
  { hangs: 'order', frees: true },
  { hangs: 'order', frees: false },
  { hangs: 'drawing', frees: true },
  { hangs: 'drawing', frees: false },
];

describe('a frame that silences the others', () => {
  it.each(kindsOfBombs)('is stopped alone, wherever it stands: %j', (bomb) => {
    for (let place = 0; place < 4; place += 1) {
      const { run, stops, steps } = world(Array.from({ length: 4 }, (_, index) => (index === place ? bomb : {})));
      run(60);
      expect({ place, stops: stops() }).toEqual({ place, stops: [0, 1, 2, 3].map((index) => Number(index === place)) });
      expect(steps().filter((step) => step === 'shown')).toHaveLength(3);
    }
  });

  it('is stopped where it is the only one', () => {
    const { run, stops } = world([{ hangs: 'drawing' }]);
    run(MOST_SILENT + 2);
    expect(stops()).toEqual([1]);
  });

  it('is stopped where it hangs later, at what somebody does in it', () => {
    const { frames, run, stops } = world([{}, { hangs: 5 }, {}]);
    run(4);
    frames[1]!.watched.touched();
    run(60);
    expect(stops()).toEqual([0, 1, 0]);
  });

  it('is found of several, one after the other', () => {
    const { run, stops } = world([{ hangs: 'order' }, {}, { hangs: 'drawing' }, {}]);
    run(200);
    expect(stops()).toEqual([1, 0, 1, 0]);
  });
});

describe('a frame that is well', () => {
  it('is never stopped', () => {
    fc.assert(
      fc.property(fc.nat(8), fc.array(fc.record({ ticks: fc.nat(12), onTime: fc.boolean() })), (count, waits) => {
        const { run, stops, steps } = world(Array.from({ length: count }, () => ({})));
        for (const { ticks, onTime } of waits) run(ticks, onTime);
        run(1);
        expect(stops().every((times) => times === 0)).toBe(true);
        expect(steps().every((step) => step === 'shown')).toBe(true);
      }),
    );
  });

  it('is not stopped where the machine is busy: late ticks count for nothing', () => {
    const { run, stops } = world([{ hangs: 'drawing' }, {}]);
    run(100, false);
    expect(stops()).toEqual([0, 0]);
    run(60);
    expect(stops()).toEqual([1, 0]);
  });

  it('comes back when it was under suspicion, though others go meanwhile', () => {
    fc.assert(
      fc.property(
        fc.nat(4),
        fc.constantFrom<Kind>(...kindsOfBombs),
        fc.array(fc.tuple(fc.nat(30), fc.nat(4)), { maxLength: 3 }),
        (place, bomb, leaving) => {
          const { frames, run, stops, steps } = world(Array.from({ length: 5 }, (_, i) => (i === place ? bomb : {})));
          const left = new Set<number>();
          for (const [ticks, index] of leaving) {
            run(ticks);
            left.add(index);
            frames[index]!.watched.left();
            frames[index]!.close();
          }
          run(120);
          for (const index of frames.keys()) {
            if (index !== place) expect(stops()[index]).toBe(0);
            if (index !== place && !left.has(index)) expect(steps()[index]).toBe('shown');
          }
        },
      ),
    );
  });
});
