/**
 * A viewer's values of a notebook's forms, as signals: from the address, from what they type, back into the address. They
 * are in no document and no storage; a password is in this page alone. Call it inside a component.
 */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from 'solid-js';
import type { Json } from '../../server/protocol/document.ts';
import {
  type DeclaredForm,
  type FormProblem,
  type Forms,
  type FormValues,
  isPassword,
} from '../../server/protocol/forms.ts';
import {
  type Standing,
  searchWith,
  standingOf,
  type Typed,
  type,
  typedOfAddress,
  valuesForReport,
  valuesForRun,
} from './standing.ts';

export type FormsView = {
  readonly forms: Accessor<readonly DeclaredForm[]>;
  readonly problems: Accessor<readonly FormProblem[]>;
  readonly standings: Accessor<readonly Standing<DeclaredForm>[]>;
  readonly values: Accessor<FormValues>;
  /** Names of those whose value is not the notebook's own. */
  readonly changed: Accessor<readonly string[]>;
  standing(name: string): Standing<DeclaredForm> | undefined;
  type(name: string, raw: unknown): void;
  /** The notebook's own again; all without names. */
  reset(names?: readonly string[]): void;
  /** What a run is asked for with. */
  forRun(): Readonly<Record<string, Json>> | undefined;
  /** The same without passwords: what stands in an address is kept by browsers and by what lies between. */
  forReport(): Readonly<Record<string, Json>> | undefined;
};

/** Browsers take so many changes of an address, and no more: 100 in 30 s. */
const ADDRESS_MS = 400;

export function createValues(
  forms: Accessor<Forms>,
  page: Pick<Window, 'history' | 'addEventListener' | 'removeEventListener'> & {
    readonly location: Pick<Location, 'pathname' | 'search' | 'hash'>;
  },
  /** Whether results are of the notebook's own values whatever the address says: then nothing else is shown of it either. */
  isFixed: () => boolean = () => false,
): FormsView {
  const list = createMemo(() => forms().forms);
  const [typed, setTyped] = createSignal<Typed>(new Map());
  const standings = createMemo(() =>
    list().map((form) => standingOf(form, isFixed() ? undefined : typed().get(form.name))),
  );
  const byName = createMemo(() => new Map(standings().map((one) => [one.form.name, one])));
  const values = createMemo<FormValues>(() => new Map(standings().map(({ form, value }) => [form.name, value])));
  const changed = createMemo(() => standings().flatMap((one) => (one.changed ? [one.form.name] : [])), [], {
    equals: (a, b) => a.join() === b.join(),
  });

  /** What it says counts for a form once it is there. */
  const fromAddress = (among: readonly DeclaredForm[]): Typed =>
    typedOfAddress(among, new URLSearchParams(page.location.search));
  let known: ReadonlySet<string> = new Set();
  createEffect(
    on(list, (now) => {
      const fresh = now.filter(({ name }) => !known.has(name));
      known = new Set([...known, ...fresh.map(({ name }) => name)]);
      const said = fromAddress(fresh);
      if (said.size > 0) setTyped(new Map([...said, ...typed()]));
    }),
  );

  let timer: ReturnType<typeof setTimeout> | undefined;
  function write(): void {
    clearTimeout(timer);
    timer = undefined;
    if (isFixed()) return;
    const { pathname, search, hash } = page.location;
    const next = searchWith(search, list(), values());
    if (next !== search) page.history.replaceState(page.history.state, '', pathname + next + hash);
  }
  createEffect(
    on(
      values,
      () => {
        timer ??= setTimeout(write, ADDRESS_MS);
      },
      { defer: true },
    ),
  );
  /** Back and forward: what the address says counts, but of passwords, of which it says nothing. */
  function onPop(): void {
    clearTimeout(timer);
    timer = undefined;
    const secret = list().filter(isPassword);
    const kept = [...typed()].filter(([name]) => secret.some((form) => form.name === name));
    setTyped(new Map([...kept, ...fromAddress(list())]));
  }
  const { pathname } = page.location;
  page.addEventListener('popstate', onPop);
  onCleanup(() => {
    page.removeEventListener('popstate', onPop);
    // Whoever copies the address before it is written, or leaves at once and comes back, has what they typed.
    if (timer !== undefined && page.location.pathname === pathname) write();
    clearTimeout(timer);
  });

  return {
    forms: list,
    problems: () => forms().problems,
    standings,
    values,
    changed,
    standing: (name) => byName().get(name),
    type(name, raw) {
      const form = byName().get(name)?.form;
      if (!form) return;
      setTyped(type(typed(), form, raw));
    },
    reset(names) {
      const gone = names ?? list().map(({ name }) => name);
      setTyped(new Map([...typed()].filter(([name]) => !gone.includes(name))));
    },
    forRun: () => valuesForRun(standings()),
    forReport: () => valuesForReport(standings()),
  };
}
