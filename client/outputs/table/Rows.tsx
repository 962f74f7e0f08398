/**
 * The rows of a result as somebody looks at them: the grid, what narrows it, its columns' menus, and its footer. What is
 * seen of the rows is `looking.ts`, what stands below the names `heads.ts`. A little long: their changes meet here.
 */
import { createEffect, createMemo, createSignal, createUniqueId, type JSX, on, onCleanup, Show } from 'solid-js';
import type { TableOutput } from '../../../server/protocol/outputs.ts';
import { EVERYTHING, type Filter, isNarrow, isSearched, type Narrow } from '../../../server/protocol/table/narrow.ts';
import {
  narrowOf,
  readSettings,
  settingOf,
  shownColumns,
  type TableSettings,
} from '../../../server/protocol/table/settings.ts';
import { outputs as words } from '../../words/outputs.ts';
import { whenNear } from '../near.ts';
import { type CopyState, createCopier } from './clipboard.ts';
import { Filters } from './Filters.tsx';
import { Footer } from './Footer.tsx';
import { createGrid, type Grid } from './grid.ts';
import { createHeads } from './heads.ts';
import { listen } from './input.ts';
import { createOwn, type Keeping } from './keeping.ts';
import { createLooking } from './looking.ts';
import { Menu } from './Menu.tsx';
import { Problem } from './Problem.tsx';
import { openValue } from './popover.ts';
import type { Profiles } from './profiles.ts';
import { HEADER, rangeOf, type Selection } from './selection.ts';
import { compact, lookOf, orderOf, sortOf } from './settings.ts';
import { toggle } from './sort.ts';
import { filterNames, sameNarrow, together, viewQuery } from './view.ts';

/** Tables that stand whole on the page are seen at a glance: only longer ones have profiles. */
const GLANCE = 12;
/** Nobody waits for a profile; the rows of a page that opens come first. */
const PROFILES_MS = 400;

export type RowsProps = {
  readonly output: TableOutput;
  /** Milliseconds the run took, once it ended. */
  readonly took: number | undefined;
  readonly onRunAgain?: (() => void) | undefined;
  /** Somebody sorted, resized or chose something. */
  readonly onUse: () => void;
  readonly keeping?: Keeping | undefined;
  /** What is selected in charts that it follows, beside one's own filters. */
  readonly linked?: readonly Filter[];
  /** The paragraph's option `table` for this table, whatever it holds. */
  readonly saved?: unknown;
  /** Absent for those who may not write. */
  readonly onSave?: ((settings: TableSettings | undefined) => void) | undefined;
};

export function Rows(props: RowsProps): JSX.Element {
  const id = createUniqueId();
  const { columns } = props.output;
  const names = filterNames(columns);
  const own = createOwn(props.keeping);
  const settings = createMemo(() => own.now() ?? readSettings(props.saved));
  const order = createMemo(() => orderOf(settings(), names));
  const narrow = createMemo(() => narrowOf(settings(), columns), EVERYTHING, { equals: sameNarrow });
  const layout = createMemo(() => shownColumns(settings(), names));
  const [row, setRow] = createSignal(0);
  const [moving, setMoving] = createSignal(false);
  const [picked, setPicked] = createSignal<Selection>();
  const [copy, setCopy] = createSignal<CopyState>();
  const [menu, setMenu] = createSignal<{ readonly column: number; readonly profile: Profiles }>();
  const [arrived, setArrived] = createSignal(0);
  const [asked, setAsked] = createSignal(0);
  const searchable = columns.some(isSearched);

  // What is still written can't be searched: filters wait for its end, as sorts do.
  const activeNarrow = (): Narrow => (props.output.open ? EVERYTHING : together(narrow(), props.linked));
  const query = createMemo(() => viewQuery(order(), activeNarrow(), names));
  const looking = createLooking({
    output: () => props.output,
    order,
    narrow: activeNarrow,
    query,
    onRows: () => grid.refresh(looking.rows(), false, looking.awaited()),
    onOrder: () => {
      mark();
      heads.renew();
      grid.order(order());
    },
    onBegin: () => {
      grid.order(order());
      grid.refresh(looking.rows(), false, looking.awaited());
      setPicked(grid.selection);
    },
  });
  const { rows, whole, awaited, failure, progress, matching, pending } = looking;
  const heads = createHeads({
    output: () => props.output,
    narrow: activeNarrow,
    names,
    places: () => layout().places,
    place: (shown) => grid.cellElement(HEADER, shown)?.querySelector<HTMLElement>('.grid-profile') ?? undefined,
    onArrive: () => setArrived((count) => count + 1),
  });
  let grid = openGrid();
  let stopListening = () => {};
  const copier = createCopier(() => looking.windows, setCopy);
  const placeOf = (shown: number): number => layout().places[shown] ?? 0;

  function openGrid(): Grid {
    const { places, pinned } = layout();
    const { widths = {}, formats = {} } = settings();
    const fixed = places.flatMap((place, shown): [number, number][] => {
      const width = settingOf(widths, names[place]!);
      return width === undefined ? [] : [[shown, width]];
    });
    const isProfiled = Math.max(whole(), awaited()) > GLANCE;
    return createGrid({
      id: `grid-${id}`,
      columns: places.map((place) => columns[place]!),
      rows: rows(),
      whole,
      awaited: awaited(),
      pinned,
      widths: new Map(fixed),
      label: words.table.label(props.output.name),
      menu: words.table.menu,
      look: (shown) => lookOf(columns[places[shown]!]!, settingOf(formats, names[places[shown]!]!)),
      text: (row, shown) => looking.windows.text(row, places[shown]!),
      onSeen: (start, end) => looking.windows.want(start, end),
      onPlace: (row, moving) => {
        setRow(row);
        setMoving(moving);
      },
      onSort: (shown, several) => sortBy(places[shown]!, several),
      onMenu: openMenu,
      onResize: (shown, width) => keep({ widths: { ...settings().widths, [names[places[shown]!]!]: width } }),
      onProfile: isProfiled ? (element, shown) => heads.show(element, names[places[shown]!]!) : undefined,
    });
  }

  /** What one changes is one's own; it stays when the page is loaded again. */
  function keep(part: TableSettings): void {
    const next = compact({ ...settings(), ...part });
    // What the paragraph says would come back where one wants nothing of it.
    own.set(next ?? (compact(readSettings(props.saved)) ? {} : undefined));
  }

  /** The table's columns changed: their order, who is shown, how. */
  function layOut(): void {
    const before = grid;
    setPicked(undefined);
    grid = openGrid();
    grid.order(order());
    mark();
    before.root.replaceWith(grid.root);
    stopListening();
    before.release();
    attend();
  }

  function mark(): void {
    const filtered = new Set(activeNarrow().filters.map(({ column }) => column));
    grid.filtered(new Set(layout().places.flatMap((place, shown) => (filtered.has(names[place]!) ? [shown] : []))));
  }

  function sortBy(column: number, several: boolean): void {
    keep({ sort: sortOf(toggle(order(), column, several), names) });
  }

  function narrowTo(next: Narrow): void {
    if (sameNarrow(narrow(), next)) return;
    keep({ filters: next.filters, search: next.search ?? '' });
  }

  function openMenu(shown: number): void {
    const column = placeOf(shown);
    if (props.output.open) return;
    const profile = heads.forMenu(names[column]!);
    setMenu({ column, profile });
  }
  function closeMenu(): void {
    const closing = menu();
    if (closing) heads.endMenu(closing.profile);
    setMenu(undefined);
    grid.root.focus({ preventScroll: true });
  }

  function open(row: number, shown: number): void {
    const text = looking.windows.text(row, placeOf(shown));
    const anchor = grid.cellElement(row, shown);
    if (text === undefined || !anchor) return;
    const { kind } = grid.lookOf(shown);
    openValue(frame, {
      title: words.table.valueOf(columns[placeOf(shown)]!.name, row + 1),
      text: text ?? 'null',
      nested: kind === 'record' || kind === 'list' || columns[placeOf(shown)]!.type === 'JSON',
      copy: words.copy,
      anchor,
    });
  }

  const laidOut = createMemo(() => layoutKey(settings()));
  const looked = createMemo(() => JSON.stringify(query()));
  createEffect(on(laidOut, layOut, { defer: true }));
  createEffect(on(looked, looking.look, { defer: true }));
  createEffect(
    on(
      () => [props.output.result, props.output.rows, props.output.open, props.output.block] as const,
      ([result, , , block], before) => {
        const another = result !== before?.[0];
        if (another) {
          setPicked(undefined);
          setCopy(undefined);
        }
        looking.take(block, { isAnother: another, isNew: another || block !== before?.[3] });
        const isPlain = order().length === 0 && !isNarrow(activeNarrow());
        if (another || !isPlain) {
          if (another) grid.refresh(isPlain ? whole() : 0, true, awaited());
          looking.look();
        } else {
          looking.reopen();
          heads.renew();
        }
        grid.refresh(rows(), another && isPlain, awaited());
      },
      { defer: true },
    ),
  );

  // Nobody uses a table in the moment it appears: what listens comes with the first touch of pointer or keyboard.
  function attend(): void {
    const wake = new AbortController();
    const awake = () => {
      wake.abort();
      props.onUse();
      const release = listen(grid, {
        rows,
        columns: layout().places.length,
        onSort: (shown, several) => sortBy(placeOf(shown), several),
        onMenu: openMenu,
        onOpen: open,
        onSelect: (selection) => {
          setPicked(selection);
          setCopy(undefined);
        },
        onCopy: (event, range) => {
          const all = range.top === 0 && range.bottom >= rows() - 1 && rows() > 1;
          const { places } = layout();
          copier.copy(event, range, places, all ? places.map((place) => columns[place]!.name) : undefined);
        },
      });
      stopListening = release;
    };
    for (const type of ['pointerenter', 'pointerdown', 'focus'] as const) {
      grid.root.addEventListener(type, awake, { signal: wake.signal, capture: true });
    }
    stopListening = () => wake.abort();
  }
  attend();
  let unnear = () => {};
  const later = setTimeout(() => {
    unnear = whenNear(grid.root, (now) => now && heads.come());
  }, PROFILES_MS);
  if (order().length > 0 || isNarrow(activeNarrow())) looking.look();
  else heads.renew();
  onCleanup(() => {
    clearTimeout(later);
    unnear();
    stopListening();
    heads.release();
    copier.release();
    looking.release();
    grid.release();
  });

  const isFiltered = (): boolean => isNarrow(narrow());
  const shownAt = (column: number): number => layout().places.indexOf(column);
  const toMenu = (column: string): void => openMenu(shownAt(names.indexOf(column)));
  const hiddenColumns = (): number => columns.length - layout().places.length;

  const frame = (
    <div class="table-frame">
      <Show when={(asked() > 0 || isFiltered()) && !props.output.open}>
        <Filters
          narrow={narrow()}
          searchable={searchable}
          asked={asked()}
          onNarrow={narrowTo}
          onOpen={toMenu}
          onLeave={() => {
            setAsked(0);
            grid.root.focus({ preventScroll: true });
          }}
        />
      </Show>
      <Show when={columns.length > 0} fallback={<div class="table-note">{words.table.noColumns}</div>}>
        <div class="table-rows" classList={{ pending: pending() }} aria-busy={pending()}>
          {grid.root}
          <Show when={moving()}>
            <output class="table-place">{words.table.of(row() + 1, rows())}</output>
          </Show>
          <Show when={isNarrow(activeNarrow()) && matching() === 0 && !progress() && !failure()}>
            <div class="table-none">
              <span>{words.table.noMatch}</span>
              <Show when={isFiltered()}>
                <button type="button" class="link" onClick={() => narrowTo(EVERYTHING)}>
                  {words.table.showAll}
                </button>
              </Show>
            </div>
          </Show>
          <Show when={failure()}>
            {(problem) => <Problem failure={problem()} onRetry={looking.retry} onRunAgain={props.onRunAgain} />}
          </Show>
        </div>
      </Show>
      <Footer
        output={props.output}
        took={props.took}
        view={query()}
        row={row()}
        picked={picked()}
        pickedColumns={picked() ? pickedNames(picked()) : []}
        matching={isNarrow(activeNarrow()) ? matching() : undefined}
        progress={progress()}
        isSearch={isNarrow(activeNarrow())}
        copy={copy()}
        hidden={hiddenColumns()}
        onShowHidden={() => keep({ hidden: [] })}
        onFilter={() => setAsked((count) => count + 1)}
        filterable={searchable || columns.length > 0}
        own={own.now() !== undefined}
        onReset={() => own.set(undefined)}
        onSave={props.onSave && own.now() !== undefined ? saveForAll : undefined}
        onUse={props.onUse}
      />
      <Show when={menu()} keyed>
        {({ column, profile }) => (
          <Menu
            columns={columns}
            column={column}
            anchor={grid.cellElement(HEADER, layout().places.indexOf(column)) ?? grid.root}
            settings={settings()}
            narrow={narrow()}
            profile={arrived() >= 0 ? profile.get(names[column]!) : undefined}
            onSettings={keep}
            onNarrow={narrowTo}
            onClose={closeMenu}
          />
        )}
      </Show>
    </div>
  ) as HTMLElement;
  return frame;

  function saveForAll(): void {
    const mine = own.now();
    props.onSave?.(mine);
    own.set(undefined);
  }

  function pickedNames(selection: Selection | undefined): readonly string[] {
    if (!selection) return [];
    const { left, right } = rangeOf(selection);
    return layout()
      .places.slice(left, right + 1)
      .map((place) => names[place]!);
  }
}

/** What the grid is made of; widths it changes by itself. */
const layoutKey = ({ hidden, pinned, order, formats }: TableSettings): string =>
  JSON.stringify([hidden, pinned, order, formats]);
