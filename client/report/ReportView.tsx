/**
 * `/n/ID/report`: an open notebook as its readers are meant to see it: prose, forms and results, laid out; no code. It stands
 * over the same document and runs as the notebook's own page, so what changes there changes here. Writers lay it out in place.
 */
import { createMemo, createSignal, type JSX, onCleanup, onMount, Show } from 'solid-js';
import { PROSE } from '../../server/protocol/document.ts';
import { fillProse } from '../../server/protocol/forms/prose.ts';
import type { ParagraphId, RunId } from '../../server/protocol/ids.ts';
import { isVisitorKey, keyIn } from '../../server/protocol/keys.ts';
import {
  arrange,
  type Item,
  isOpening,
  type Place,
  type Placed,
  placeOf,
  spanOf,
  textOf,
} from '../../server/protocol/report/layout.ts';
import { useNotebook } from '../notebook/context.ts';
import type { ParagraphView } from '../notebook/document.ts';
import { Forms } from '../notebook/Forms.tsx';
import { choiceOf, labelOf } from '../notebook/interpreters.ts';
import { readKey } from '../notebook/keys.ts';
import { mayReadRows } from '../notebook/watch.ts';
import { Outputs } from '../outputs/Outputs.tsx';
import { Prose } from '../prose/Prose.tsx';
import { folderOf } from '../route.ts';
import { earlierWords } from '../words/earlier.ts';
import { report as words } from '../words/report.ts';
import { Arranged, widthClass } from './Arranged.tsx';
import { openLayout } from './document.ts';
import { PlaceOf } from './PlaceOf.tsx';
import { printReport } from './save.ts';
import { Tools } from './Tools.tsx';

export function ReportView(): JSX.Element {
  const notebook = useNotebook();
  const { document: paragraphs } = notebook;
  const layout = openLayout(notebook.live);
  const [laying, setLaying] = createSignal(false);
  const isLaying = (): boolean => laying() && notebook.writable();
  const shown = createMemo(() =>
    paragraphs.order().filter((id) => {
      const one = paragraphs.paragraph(id);
      return one.deleted() === undefined && one.damaged() === undefined;
    }),
  );
  const placed = createMemo(() =>
    shown().flatMap((id): Placed<ParagraphId>[] => {
      const one = paragraphs.paragraph(id);
      const isProse = one.interpreter() === PROSE;
      if (one.source().trim() === '') return [];
      const place = placeOf(one.options());
      // While it is laid out, what is hidden can be found again: it parts no row.
      const at: Place = place === 'hidden' && isLaying() ? 'below' : place;
      return [{ id, place: at, ...(isProse ? { prose: one.source() } : {}) }];
    }),
  );
  const arranged = createMemo(() => arrange(placed(), layout.layout()));

  onMount(() => {
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'p') {
        event.preventDefault();
        printReport(notebook.app.toasts, notebook.live.id, notebook.forms.view.forReport());
        return;
      }
      const isField = event.target instanceof Element && event.target.matches('input, textarea, select');
      const { asked } = readKey({}, event, 'everywhere', notebook.app.mac);
      if (!asked || !('command' in asked)) return;
      const { command } = asked;
      const isMine =
        command === 'palette' || command === 'save' || ((command === 'undo' || command === 'redo') && !isField);
      if (!isMine) return;
      event.preventDefault();
      notebook.perform(asked);
    };
    window.addEventListener('keydown', onKey);
    onCleanup(() => window.removeEventListener('keydown', onKey));
  });

  return (
    <div class="layout">
      <main
        id="notebook"
        tabindex={-1}
        class={`report report-live ${widthClass(layout.layout().width)}`}
        aria-label={words.main(notebook.title())}
        data-ready={notebook.save().state === 'opening' && shown().length === 0 ? 'false' : 'true'}
      >
        <Tools layout={layout} laying={isLaying()} onLaying={setLaying} />
        <Show when={placed().every(({ place }) => place === 'hidden') && notebook.save().state !== 'opening'}>
          <p class="quiet">{words.empty}</p>
        </Show>
        <Arranged
          arranged={arranged()}
          level={layout.layout().tabs}
          forms={<Forms />}
          opens={(id) => opens(paragraphs.paragraph(id))}
          span={(id) => spanOf(paragraphs.paragraph(id).options())}
          onSpans={isLaying() ? layout.setSpans : undefined}
          item={(item) => <OneItem item={item} laying={isLaying()} layout={layout} />}
        />
      </main>
    </div>
  );
}

function OneItem(props: {
  readonly item: Item<ParagraphId>;
  readonly laying: boolean;
  readonly layout: ReturnType<typeof openLayout>;
}): JSX.Element {
  const notebook = useNotebook();
  const { id, piece } = props.item;
  const paragraph = notebook.document.paragraph(id);
  const isProse = createMemo(() => paragraph.interpreter() === PROSE);
  const isFirst = piece === undefined || piece === 0;
  const place = createMemo(() => placeOf(paragraph.options()));
  const text = createMemo(() => {
    const source = textOf(paragraph.source(), props.item, props.layout.layout());
    const { forms, values } = notebook.forms.view;
    return source.includes('${') ? fillProse(source, forms(), values()) : source;
  });
  const name = (): string =>
    paragraph.name() || (isProse() ? firstWords(paragraph.source()) || words.prose : labelOf(paragraph.interpreter()));
  return (
    // biome-ignore lint/a11y/useSemanticElements: a thousand regions would drown the page's landmarks
    <section
      class="paragraph"
      classList={{ prose: isProse(), 'report-away': props.laying && place() === 'hidden' }}
      role="group"
      aria-label={name()}
      data-paragraph={id}
      data-interpreter={paragraph.interpreter()}
    >
      <Show when={props.laying && isFirst}>
        <PlaceOf name={name()} place={place()} onPlace={(next) => props.layout.setPlace(id, next)} />
      </Show>
      <div class="content">
        <Show when={isProse()} fallback={<Results id={id} />}>
          <Prose source={text()} folder={folderOf(notebook.path())} />
        </Show>
        <Show when={isFirst}>
          <Forms paragraph={id} />
        </Show>
      </div>
    </section>
  );
}

const opens = ({ interpreter, source }: Pick<ParagraphView, 'interpreter' | 'source'>): boolean =>
  interpreter() === PROSE && isOpening(source());

/** What its runs show. */
function Results(props: { readonly id: ParagraphId }): JSX.Element {
  const notebook = useNotebook();
  const paragraph = notebook.document.paragraph(props.id);
  const { shown } = notebook.runs.paragraph(props.id);
  const runs = (): boolean => choiceOf(paragraph.interpreter()) !== undefined;
  return (
    <Show
      when={shown()}
      fallback={
        <Show when={runs()}>
          <p class="quiet">{words.notRun}</p>
        </Show>
      }
    >
      {(now) => (
        <div class="shown" aria-busy={now().dimmed}>
          <Outputs
            run={now().run}
            dimmed={now().dimmed}
            onRunAgain={() => notebook.perform({ command: 'run' }, props.id)}
            chart={paragraph.options().chart}
            fixed={!mayReadRows(notebook.role()) && paragraph.options().download !== true}
            place={{ viewer: notebook.app.person().id, paragraph: props.id }}
            table={paragraph.options().table}
          />
          <Show when={isOfVisitor(now().run.id)}>
            <button
              type="button"
              class="link-button report-earlier"
              onClick={() => notebook.perform({ command: 'runs' }, props.id)}
            >
              {earlierWords.open}
            </button>
          </Show>
        </div>
      )}
    </Show>
  );
}

/** In a session of one's own: with other values than the notebook's, or as nobody else sees it. */
function isOfVisitor(run: RunId): boolean {
  const key = keyIn(run);
  return key !== undefined && isVisitorKey(key);
}

const LONGEST_NAME = 40;

function firstWords(source: string): string {
  const line = source.split('\n').find((one) => one.trim() !== '') ?? '';
  return line.replace(/^[#>\s*-]+/, '').slice(0, LONGEST_NAME);
}
