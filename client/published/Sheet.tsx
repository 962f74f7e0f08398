/** What is published, from its bar to its foot: each paragraph, with its run button for those who may run it. */
import { type Accessor, createMemo, createSignal, type JSX, lazy, Show, Suspense } from 'solid-js';
import { fillProse } from '../../server/protocol/forms/prose.ts';
import type { NotebookId, ParagraphId } from '../../server/protocol/ids.ts';
import { arrange, type Item, isOpening, type Placed, textOf } from '../../server/protocol/report/layout.ts';
import { FormRow } from '../forms/FormRow.tsx';
import type { AskOptions } from '../forms/options.ts';
import { readKey } from '../notebook/keys.ts';
import { Icon } from '../parts/Icon.tsx';
import { Logo } from '../parts/Logo.tsx';
import { Menu } from '../parts/Menu.tsx';
import { clock } from '../parts/time.ts';
import type { Toasts } from '../parts/toasts.tsx';
import { Arranged, widthClass } from '../report/Arranged.tsx';
import { saveItems } from '../report/save.ts';
import { earlierWords } from '../words/earlier.ts';
import { words } from '../words/en.ts';
import { formWords } from '../words/forms.ts';
import { published as words_ } from '../words/published.ts';
import { report } from '../words/report.ts';
import { OwnFacts, OwnGutter } from './Around.tsx';
import type { Published } from './calls.ts';
import type { PublishedForms } from './forms.ts';
import { newestOf } from './look.ts';
import { lacksAbove, placeOf, runnable, type Standing, told, underWay } from './mine.ts';
import { type Around, findOne, One } from './One.tsx';
import { OwnNote } from './OwnNote.tsx';
import type { OwnRuns } from './runs.ts';

/** Opened now and then. */
const Earlier = lazy(async () => ({ default: (await import('../runs/Earlier.tsx')).Earlier }));

type SheetProps = {
  readonly id: NotebookId;
  readonly toasts: Pick<Toasts, 'show'>;
  readonly published: Published;
  readonly away: boolean;
  readonly runs: OwnRuns;
  readonly forms: PublishedForms;
  /** For options of queries. */
  readonly ask: AskOptions;
  /** Why nothing runs here. */
  readonly inert: string | undefined;
  readonly mac: boolean;
};

export function Sheet(props: SheetProps): JSX.Element {
  const paragraphs = (): Published['paragraphs'] => props.published.paragraphs;
  const listed = (of: () => readonly ParagraphId[]): Accessor<readonly ParagraphId[]> =>
    createMemo(of, [], { equals: (one, other) => one.join() === other.join() });
  const ids = listed(() => paragraphs().map(({ id }) => id));
  const arranged = createMemo(() =>
    arrange(
      paragraphs().map(({ id, place, interpreter, source }): Placed<ParagraphId> => {
        return { id, place, ...(interpreter === PROSE ? { prose: source ?? '' } : {}) };
      }),
      props.published.layout,
    ),
  );
  const able = listed(() => runnable(props.published));
  const onRun = (): (() => void) | undefined =>
    able().length > 0 && props.inert === undefined ? props.forms.run : undefined;
  const [looking, setLooking] = createSignal<ParagraphId>();
  const looked = createMemo(() => paragraphs().find(({ id }) => id === looking()));
  let main!: HTMLElement;
  const onKey = (id: ParagraphId, event: KeyboardEvent): void => {
    const { asked } = readKey({}, event, 'everywhere', props.mac);
    const command = asked && 'command' in asked ? asked.command : undefined;
    if (command !== 'run' && command !== 'run-advance' && command !== 'run-above') return;
    event.preventDefault();
    const at = able().indexOf(id);
    if (props.inert === undefined) props.runs.run(command === 'run-above' ? able().slice(0, at + 1) : [id]);
    const next = able()[at + 1];
    if (command === 'run-advance' && next)
      main.querySelector<HTMLElement>(`[data-paragraph="${next}"] button.run`)?.focus();
  };
  return (
    <>
      <header class="bar published-bar">
        <span class="logo" role="img" aria-label={words_.by} data-tip={words_.by}>
          <Logo />
        </span>
        <b class="product">{props.published.title || words.untitled}</b>
        <span class="spring" />
        <Show when={props.away}>
          <span class="stale" role="status">
            {words_.away}
          </span>
        </Show>
        <Show when={newestOf(props.published) > 0}>
          <span class="quiet">{words_.updated(clock(newestOf(props.published), Date.now()))}</span>
        </Show>
        <Show when={props.inert === undefined && ids().length > 0}>
          <Save id={props.id} toasts={props.toasts} forms={props.forms} />
        </Show>
        <Show when={able().length > 0}>
          <RunAll
            busy={props.runs.busy()}
            inert={props.inert}
            onStop={() => props.runs.stopAll()}
            onRun={() => props.runs.run(able())}
          />
        </Show>
      </header>
      <div class="layout published" classList={{ running: able().length > 0 }}>
        <main
          ref={main}
          class={`report ${widthClass(props.published.layout.width)}`}
          aria-label={props.published.title || words.untitled}
          data-ready="true"
        >
          <Show when={ids().length === 0}>
            <p class="quiet">{words_.empty}</p>
          </Show>
          <Show when={props.forms.unused().length > 0}>
            <p class="quiet" role="status">
              {formWords.unused(props.forms.unused())}
            </p>
          </Show>
          <Arranged
            forms={
              <Show when={props.forms.view.forms().length > 0}>
                <FormRow
                  label={formWords.bar}
                  forms={props.forms.view.forms()}
                  view={props.forms.view}
                  again={props.forms.again}
                  ask={props.ask}
                  onRun={onRun()}
                />
              </Show>
            }
            opens={(id) =>
              paragraphs().some((one) => one.id === id && one.interpreter === PROSE && isOpening(one.source ?? ''))
            }
            arranged={arranged()}
            level={props.published.layout.tabs}
            span={(id) => paragraphs().find((one) => one.id === id)?.span ?? 1}
            item={(item) => (
              <Step
                {...props}
                item={item}
                runnable={able().includes(item.id)}
                onKey={(event) => onKey(item.id, event)}
                onEarlier={() => setLooking(item.id)}
              />
            )}
          />
        </main>
      </div>
      <OwnNote runs={props.runs} />
      <Show when={looking()} keyed>
        {(id) => (
          <Suspense>
            <Earlier
              notebook={props.id}
              paragraph={id}
              label={words_.paragraph(placeOf(paragraphs(), id))}
              me={undefined}
              forms={props.forms.view}
              source={() => looked()?.source}
              latest={() => JSON.stringify([looked()?.mine?.id, looked()?.mine?.phase.state, looked()?.run?.id])}
              toasts={props.toasts}
              onRun={() => props.runs.run([id])}
              outputs={{ chart: looked()?.chart, fixed: looked()?.download !== true }}
              onClose={() => setLooking(undefined)}
            />
          </Suspense>
        )}
      </Show>
    </>
  );
}

const PROSE = 'markdown';

function Save(props: Pick<SheetProps, 'id' | 'toasts' | 'forms'>): JSX.Element {
  const [menu, setMenu] = createSignal(false);
  let anchor!: HTMLButtonElement;
  return (
    <>
      <button
        ref={anchor}
        type="button"
        class="button"
        aria-haspopup="menu"
        aria-expanded={menu()}
        onClick={() => setMenu(!menu())}
      >
        <span>{report.save}</span>
        <Icon name="down" size={12} />
      </button>
      <Show when={menu()}>
        <Menu
          label={report.save}
          anchor={anchor}
          align="end"
          items={saveItems(props.toasts, props.id, () => props.forms.view.forReport(), { code: false })}
          onClose={() => setMenu(false)}
        />
      </Show>
    </>
  );
}

function RunAll(props: {
  readonly busy: boolean;
  readonly inert: string | undefined;
  readonly onRun: () => void;
  readonly onStop: () => void;
}): JSX.Element {
  const isInert = (): boolean => props.inert !== undefined;
  return (
    <button
      type="button"
      class="button run-all"
      classList={{ main: !props.busy }}
      aria-disabled={isInert() ? 'true' : undefined}
      data-tip={props.inert}
      onClick={() => {
        if (isInert()) return;
        if (props.busy) props.onStop();
        else props.onRun();
      }}
    >
      <Icon name={props.busy ? 'stop' : 'play'} size={10} />
      <span>{props.busy ? words.bar.stop : words.bar.runAll}</span>
    </button>
  );
}

function Step(
  props: SheetProps & {
    readonly item: Item<ParagraphId>;
    readonly runnable: boolean;
    readonly onKey: (event: KeyboardEvent) => void;
    /** Their own runs of it side by side. */
    readonly onEarlier: () => void;
  },
): JSX.Element {
  const all = (): Published['paragraphs'] => props.published.paragraphs;
  const { id } = props.item;
  const paragraph = findOne(all, id);
  const place = createMemo(() => placeOf(all(), id));
  const ahead = createMemo(() => {
    const id = paragraph()?.mine?.id;
    return Math.max(0, underWay(props.published).findIndex((run) => run.id === id) - 1);
  });
  const lacks = createMemo(() => lacksAbove(all(), id));
  const around: Around = {
    label: () => words_.paragraph(place()),
    gutter: () => (
      <Show when={paragraph()}>
        {(one) => <OwnGutter paragraph={one()} runs={props.runs} inert={props.inert} mac={props.mac} />}
      </Show>
    ),
    facts: () => (
      <Show when={paragraph()}>
        {(one) => <OwnFacts paragraph={one()} runs={props.runs} inert={props.inert} mac={props.mac} ahead={ahead()} />}
      </Show>
    ),
    below: () => (
      <>
        <Show when={lacks()}>
          <p class="quiet published-try">{words_.lacksAbove}</p>
        </Show>
        <Show when={paragraph()?.mine && props.inert === undefined}>
          <button type="button" class="link-button published-earlier" onClick={() => props.onEarlier()}>
            {earlierWords.open}
          </button>
        </Show>
      </>
    ),
    onKey: (event) => props.onKey(event),
  };
  return (
    <One
      paragraph={paragraph}
      notRun={words_.notRun}
      filled={(whole) => {
        const { forms, values } = props.forms.view;
        const source = textOf(whole, props.item, props.published.layout);
        return source.includes('${') ? fillProse(source, forms(), values()) : source;
      }}
      around={props.runnable ? around : undefined}
      told={(now: Standing) => ({
        ...now,
        run: told(now.run, (reference) => words_.paragraphFailed(place(), reference)),
      })}
    />
  );
}
