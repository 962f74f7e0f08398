/** A report as its file shows it: title, values, what stands where, and when it was made. */
import { createSignal, For, type JSX, onCleanup, onMount, Show } from 'solid-js';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { FileParagraph, ReportFile } from '../../../server/protocol/report/file.ts';
import { arrange, type Item, isOpening, type Placed, textOf } from '../../../server/protocol/report/layout.ts';
import { colour } from '../../editor/colour.ts';
import '../../editor/colour.css';
import { Prose } from '../../prose/Prose.tsx';
import { HeldContext } from '../../prose/pictures.ts';
import { report as words } from '../../words/report.ts';
import { Arranged, widthClass } from '../Arranged.tsx';
import { FileOutputs } from './FileOutputs.tsx';
import { printWhenDrawn } from './paper.ts';
import { openPictures } from './pictures.tsx';

const PROSE = 'markdown';

export function FilePage(props: { readonly report: ReportFile }): JSX.Element {
  const { report } = props;
  const [paper, setPaper] = createSignal(report.paper !== undefined);
  const byId = new Map(report.paragraphs.map((one) => [one.id, one]));
  const placed = report.paragraphs.map(
    ({ id, place, interpreter, source }): Placed<ParagraphId> => ({
      id,
      place,
      ...(interpreter === PROSE ? { prose: source ?? '' } : {}),
    }),
  );
  const hasTitle = report.paragraphs.some(
    ({ interpreter, source }) => interpreter === PROSE && /^ {0,3}#[ \t]/m.test(source ?? ''),
  );
  let main!: HTMLElement;
  onMount(() => {
    const before = (): void => void setPaper(true);
    const after = (): void => void setPaper(report.paper !== undefined);
    window.addEventListener('beforeprint', before);
    window.addEventListener('afterprint', after);
    onCleanup(() => {
      window.removeEventListener('beforeprint', before);
      window.removeEventListener('afterprint', after);
    });
    void printWhenDrawn(main, report.paper);
  });
  return (
    <HeldContext.Provider value={openPictures(report.pictures)}>
      <div class="layout published">
        <main ref={main} class={`report report-live ${widthClass(report.layout.width)}`}>
          <Show when={!hasTitle}>
            <h1 class="file-title">{report.title}</h1>
          </Show>
          <Arranged
            arranged={arrange(placed, report.layout)}
            level={report.layout.tabs}
            forms={<Values values={report.values} />}
            opens={(id) => opens(byId.get(id))}
            span={(id) => byId.get(id)?.span ?? 1}
            whole
            flat={paper()}
            item={(item) => <OneItem item={item} report={report} paragraph={byId.get(item.id)} paper={paper()} />}
          />
        </main>
        <footer class="file-foot">
          <Show when={report.ran}>
            {(ran) => (
              <span>
                {words.file.ran(
                  ran()
                    .replace('T', ' ')
                    .replace(/:\d\d(\.\d+)?Z$/, ' UTC'),
                )}
              </span>
            )}
          </Show>
          <Show when={report.path}>{(path) => <span>{words.file.of(path())}</span>}</Show>
          <Show when={lacking(report)}>{(places) => <span>{words.file.full(places())}</span>}</Show>
        </footer>
      </div>
    </HeldContext.Provider>
  );
}

const opens = (paragraph: FileParagraph | undefined): boolean =>
  paragraph?.interpreter === PROSE && isOpening(paragraph.source ?? '');

/** Of the forms that it was made with. */
function Values(props: Pick<ReportFile, 'values'>): JSX.Element {
  return (
    <Show when={props.values.length > 0}>
      <dl class="file-values" aria-label={words.file.values}>
        <For each={props.values}>
          {({ label, value }) => (
            <div>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          )}
        </For>
      </dl>
    </Show>
  );
}

/** How many results the file had no room for, or for all of. */
const lacking = ({ paragraphs }: ReportFile): number =>
  paragraphs
    .flatMap(({ outputs }) => outputs)
    .filter((one) => ('short' in one && one.short) || (one.kind === 'left' && one.why === 'size')).length;

function OneItem(props: {
  readonly item: Item<ParagraphId>;
  readonly report: ReportFile;
  readonly paragraph: FileParagraph | undefined;
  readonly paper: boolean;
}): JSX.Element {
  return (
    <Show when={props.paragraph}>
      {(one) => (
        <div class="paragraph" classList={{ prose: one().interpreter === PROSE }} data-paragraph={one().id}>
          <div class="content">
            <Show
              when={one().interpreter !== PROSE}
              fallback={<Prose source={textOf(one().source ?? '', props.item, props.report.layout)} />}
            >
              <Show when={one().source}>
                {(source) => (
                  // Escaped by `colour`, which writes classes only.
                  <pre class="file-code" tabindex="0" innerHTML={colour(source(), one().interpreter)} />
                )}
              </Show>
              <FileOutputs paragraph={one()} paper={props.paper} />
            </Show>
          </div>
        </div>
      )}
    </Show>
  );
}
