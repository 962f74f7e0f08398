import { cleanup, render, screen } from '@solidjs/testing-library';
import { createSignal, Show } from 'solid-js';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { bringAhead } from '../../../client/ahead.ts';
import { App } from '../../../client/app-context.ts';
import { later } from '../../../client/parts/later.tsx';
import { ToastList } from '../../../client/parts/toasts.tsx';
import { fakeApp } from '../../support/page/mount.tsx';

afterEach(cleanup);

const Box = (props: { readonly text: string; readonly onClose?: () => void }) => <p>{props.text}</p>;

test('what is asked for stands once it came, with what it is given by then, and at once the next time', async () => {
  let bring: (component: typeof Box) => void = () => {};
  let asked = 0;
  const Later = later<{ readonly text: string }>(() => {
    asked += 1;
    return new Promise((resolve) => {
      bring = resolve;
    });
  });
  const [text, setText] = createSignal('first');
  const [open, setOpen] = createSignal(true);
  render(() => (
    <Show when={open()}>
      <Later text={text()} />
    </Show>
  ));
  expect(screen.queryByText('first')).toBeNull();
  setText('second');
  bring(Box);
  await screen.findByText('second');
  setText('third');
  screen.getByText('third');
  setOpen(false);
  setOpen(true);
  screen.getByText('third');
  expect(asked).toBe(1);
});

test('a file that cannot be had closes what was asked for, says so, and is asked for anew', async () => {
  let away = true;
  const Later = later<{ readonly text: string; readonly onClose: () => void }>(() =>
    away ? Promise.reject(new TypeError('no server')) : Promise.resolve(Box),
  );
  const [open, setOpen] = createSignal(true);
  const app = fakeApp();
  render(() => (
    <App.Provider value={app}>
      <Show when={open()}>
        <Later text="there" onClose={() => setOpen(false)} />
      </Show>
      <ToastList toasts={app.toasts} />
    </App.Provider>
  ));
  await screen.findByText('The server does not answer');
  expect(open()).toBe(false);
  away = false;
  setOpen(true);
  await screen.findByText('there');
});

test('a page that cannot be had has something in its place', async () => {
  const Later = later(
    () => Promise.reject<typeof Box>(new TypeError('no server')),
    () => <p>not here</p>,
  );
  render(() => <Later text="there" />);
  await screen.findByText('not here');
});

describe('what is brought ahead', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test('comes soon after somebody stirs, behind what was pressed, and once', () => {
    let brought = 0;
    const release = bringAhead(window, () => {
      brought += 1;
    });
    window.dispatchEvent(new Event('pointermove'));
    window.dispatchEvent(new Event('keydown'));
    expect(brought).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(brought).toBe(1);
    vi.advanceTimersByTime(10_000);
    window.dispatchEvent(new Event('pointermove'));
    vi.advanceTimersByTime(10_000);
    expect(brought).toBe(1);
    release();
  });

  test('comes to those who only look, later', () => {
    let brought = 0;
    bringAhead(window, () => {
      brought += 1;
    });
    vi.advanceTimersByTime(4_000);
    expect(brought).toBe(0);
    vi.advanceTimersByTime(1_000);
    expect(brought).toBe(1);
  });

  test('does not come after the page let go of it', () => {
    let brought = 0;
    const release = bringAhead(window, () => {
      brought += 1;
    });
    window.dispatchEvent(new Event('pointermove'));
    release();
    vi.advanceTimersByTime(10_000);
    expect(brought).toBe(0);
  });
});
