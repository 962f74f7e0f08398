/** The tab's title and icon: a run over ten seconds marks them, and a hidden tab is told when it ended. */
import { createEffect, createSignal, onCleanup } from 'solid-js';
import { isEnded, type Run } from '../../server/protocol/runs.ts';
import { words } from '../words/en.ts';

export const LONG_MS = 10_000;

export type TabInput = {
  readonly title: () => string;
  readonly active: () => readonly Pick<Run, 'phase'>[];
  readonly page: Document;
};

export function markTab({ title, active, page }: TabInput): void {
  const [long, setLong] = createSignal(false);
  const [news, setNews] = createSignal(false);
  createEffect(() => {
    const since = active()
      .map((run) => (run.phase.state === 'running' ? run.phase.started : undefined))
      .filter((started) => started !== undefined);
    if (since.length === 0) {
      if (long() && page.hidden) setNews(true);
      setLong(active().some((run) => !isEnded(run.phase)) && long());
      return;
    }
    const timer = setTimeout(() => setLong(true), Math.max(0, LONG_MS - (Date.now() - Math.min(...since))));
    onCleanup(() => clearTimeout(timer));
  });
  createEffect(() => {
    const text = title() === '' ? words.untitled : title();
    page.title = `${long() ? '● ' : news() ? `✓ ${words.runs.finished}: ` : ''}${text} · ${words.product}`;
    const icon = page.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = long() ? '/favicon-running.svg' : '/favicon.svg';
  });
  const seen = (): void => {
    if (!page.hidden) setNews(false);
  };
  page.addEventListener('visibilitychange', seen);
  onCleanup(() => {
    page.removeEventListener('visibilitychange', seen);
    page.title = words.product;
    const icon = page.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (icon) icon.href = '/favicon.svg';
  });
}
