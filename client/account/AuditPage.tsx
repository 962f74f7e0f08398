/** The audit log, for the workspace's owners: who did what, newest first, by kind and by person. */
import { createMemo, createSignal, For, type JSX, onMount, Show } from 'solid-js';
import type { Problem } from '../api.ts';
import { useApp } from '../app-context.ts';
import { listNotebooks } from '../home/calls.ts';
import { Logo } from '../parts/Logo.tsx';
import { clock } from '../parts/time.ts';
import { readDirectory } from '../share/calls.ts';
import { audit } from '../words/audit.ts';
import { words } from '../words/en.ts';
import { Account } from './Account.tsx';
import { type AuditFilter, type AuditRow, filtered, readAudit, valuesOf } from './audit.ts';
import './audit.css';

/** Ids are told by the titles of the newest; older ones are shown as they are. */
const TITLES = 1000;

export function AuditPage(): JSX.Element {
  const app = useApp();
  const [rows, setRows] = createSignal<readonly AuditRow[]>([]);
  const [next, setNext] = createSignal<string>();
  const [state, setState] = createSignal<'loading' | 'shown' | Problem>('loading');
  const [filter, setFilter] = createSignal<AuditFilter>({ event: '', by: '' });
  const [names, setNames] = createSignal<ReadonlyMap<string, string>>(new Map());
  document.title = `${audit.title} · ${words.product}`;

  async function load(cursor?: string): Promise<void> {
    setState('loading');
    const answer = await readAudit(cursor);
    if (!answer.ok) return void setState(answer.problem);
    setRows((before) => (cursor === undefined ? answer.value.items : [...before, ...answer.value.items]));
    setNext(answer.value.next);
    setState('shown');
  }
  async function learn(): Promise<void> {
    const [notebooks, people] = await Promise.all([listNotebooks({ limit: TITLES }), readDirectory()]);
    setNames(
      new Map([
        ...(notebooks.ok ? notebooks.value.items.map(({ id, title }) => [id as string, title] as const) : []),
        ...(people.ok ? people.value.people.map(({ id, name }) => [`person:${id}`, name] as const) : []),
      ]),
    );
  }
  onMount(() => {
    void load();
    void learn();
  });
  const shown = createMemo(() => filtered(rows(), filter()));
  const problem = (): Problem | undefined => {
    const now = state();
    return typeof now === 'object' ? now : undefined;
  };
  const named = (text: string | undefined): string => {
    if (text === undefined) return '';
    if (text === '/') return audit.workspace;
    return names().get(text) ?? text.replace(/^group:/, '');
  };
  const choose = (key: keyof AuditFilter, label: string, all: string, tell: (value: string) => string): JSX.Element => (
    <label class="audit-filter">
      <span>{label}</span>
      <select
        class="field"
        aria-label={label}
        onChange={(event) => setFilter({ ...filter(), [key]: event.currentTarget.value })}
      >
        <option value="">{all}</option>
        <For each={valuesOf(rows(), key)}>
          {(value) => (
            <option value={value} selected={filter()[key] === value}>
              {tell(value)}
            </option>
          )}
        </For>
      </select>
    </label>
  );
  const now = Date.now();
  return (
    <>
      <header class="bar">
        <a href="/" class="logo" aria-label={words.bar.home} data-tip={words.bar.home}>
          <Logo />
        </a>
        <a class="crumb-folder" href="/">
          {audit.back}
        </a>
        <span class="spring" />
        <div class="people">
          <Account app={app} />
        </div>
      </header>
      <main class="audit" aria-busy={state() === 'loading'}>
        <h1>{audit.title}</h1>
        <p class="quiet">{audit.hint}</p>
        <Show when={problem()}>
          {(why) => (
            <div class="notice bad" role="alert">
              <div>
                <b>{audit.failed}</b>
                <p>{why().code === 'forbidden' ? audit.forbidden : `${why().message} ${why().hint ?? ''}`}</p>
              </div>
              <span class="spring" />
              <Show when={why().code !== 'forbidden'}>
                <button type="button" class="button" onClick={() => void load(next())}>
                  {words.retry}
                </button>
              </Show>
            </div>
          )}
        </Show>
        <Show when={rows().length > 0}>
          <div class="audit-filters">
            {choose('event', audit.kind, audit.anyKind, (event) => audit.events[event] ?? event)}
            {choose('by', audit.who, audit.anyWho, (by) => by)}
          </div>
          <div class="audit-scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{audit.when}</th>
                  <th scope="col">{audit.who}</th>
                  <th scope="col">{audit.what}</th>
                  <th scope="col">{audit.on}</th>
                  <th scope="col">{audit.details}</th>
                  <th scope="col">{audit.from}</th>
                </tr>
              </thead>
              <tbody>
                <For each={shown()}>
                  {(row) => (
                    <tr data-event={row.event}>
                      <td title={new Date(row.at).toISOString()}>{clock(row.at, now)}</td>
                      <td>{row.by}</td>
                      <td>{audit.events[row.event] ?? row.event}</td>
                      <td>{named(row.on)}</td>
                      <td>{[named(row.whom), row.detail ?? ''].filter((text) => text !== '').join(': ')}</td>
                      <td>{row.from ?? ''}</td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </div>
          <Show when={shown().length === 0}>
            <div class="nothing">
              <h2>{audit.noneFound}</h2>
              <p class="quiet">{audit.noneFoundHint}</p>
            </div>
          </Show>
        </Show>
        <Show when={state() === 'shown' && rows().length === 0}>
          <div class="nothing">
            <h2>{audit.none}</h2>
            <p class="quiet">{audit.noneHint}</p>
          </div>
        </Show>
        <Show when={state() === 'loading' && rows().length === 0}>
          <p class="quiet">{audit.loading}</p>
        </Show>
        <Show when={next() !== undefined && state() === 'shown'}>
          <button type="button" class="button more" onClick={() => void load(next())}>
            {audit.more}
          </button>
        </Show>
      </main>
    </>
  );
}
