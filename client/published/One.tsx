/** One paragraph as it is published: its code where that is shown, and what it put out last, or the viewer's own run did. */
import { type Accessor, createMemo, type JSX, lazy, Show, Suspense } from 'solid-js';
import { labelOf } from '../notebook/interpreters.ts';
import { Outputs } from '../outputs/Outputs.tsx';
import type { PublishedParagraph } from './calls.ts';
import { type Standing, standing } from './mine.ts';

const PROSE = 'markdown';
/** What draws a chart alone needs neither. */
const Prose = lazy(async () => ({ default: (await import('../prose/Prose.tsx')).Prose }));
const Code = lazy(async () => ({ default: (await import('./Code.tsx')).Code }));

/** What stands around a paragraph that may be run. */
export type Around = {
  label(): string;
  gutter(): JSX.Element;
  /** How its run goes, in a line that has its place always: nothing moves when it changes. */
  facts(): JSX.Element;
  below(): JSX.Element;
  onKey(event: KeyboardEvent): void;
};

export function One(props: {
  readonly paragraph: Accessor<PublishedParagraph | undefined>;
  readonly notRun: string;
  readonly around?: Around | undefined;
  /** What is shown of it, where that is not all. */
  readonly told?: (standing: Standing) => Standing;
  /** What is shown of prose: with values of forms, and of a report with tabs the part that stands here. */
  readonly filled?: (source: string) => string;
}): JSX.Element {
  const shown = createMemo(() => {
    const paragraph = props.paragraph();
    const now = paragraph && standing(paragraph);
    return now && (props.told?.(now) ?? now);
  });
  return (
    <Show when={props.paragraph()}>
      {(paragraph) => (
        <section
          class="paragraph"
          classList={{ prose: paragraph().interpreter === PROSE }}
          role={props.around ? 'group' : undefined}
          aria-label={props.around?.label()}
          tabindex={props.around ? -1 : undefined}
          data-paragraph={paragraph().id}
          style={{ '--tone': `var(--${paragraph().interpreter}, var(--ink-3))` }}
          onKeyDown={(event) => props.around?.onKey(event)}
        >
          {props.around?.gutter()}
          <div class="content">
            <Show
              when={paragraph().interpreter !== PROSE}
              fallback={
                <Suspense>
                  <Prose source={props.filled?.(paragraph().source ?? '') ?? paragraph().source ?? ''} />
                </Suspense>
              }
            >
              <Show
                when={paragraph().source !== undefined}
                fallback={
                  <Show when={props.around}>
                    {(around) => <div class="head published-facts">{around().facts()}</div>}
                  </Show>
                }
              >
                <div class="code">
                  <div class="head">
                    <span class="head-kind">{labelOf(paragraph().interpreter)}</span>
                    {props.around?.facts()}
                  </div>
                  <Suspense>
                    <Code text={paragraph().source ?? ''} interpreter={paragraph().interpreter} />
                  </Suspense>
                </div>
              </Show>
              <Show
                when={shown()}
                fallback={
                  <Show when={props.around === undefined}>
                    <p class="quiet">{props.notRun}</p>
                  </Show>
                }
              >
                {(now) => (
                  <Held while={now().dimmed || now().run.phase.state === 'running'}>
                    <Outputs
                      run={now().run}
                      dimmed={now().dimmed}
                      chart={paragraph().chart}
                      table={paragraph().table}
                      fixed={!paragraph().download}
                      place={{ viewer: 'published', paragraph: paragraph().id }}
                    />
                  </Held>
                )}
              </Show>
              {props.around?.below()}
            </Show>
          </div>
        </section>
      )}
    </Show>
  );
}

/** As high as it was for as long as a run goes on: what it says so far may be less than what stood there. */
function Held(props: { readonly while: boolean; readonly children: JSX.Element }): JSX.Element {
  let box: HTMLDivElement | undefined;
  const height = createMemo<number | undefined>((before) => (props.while ? (before ?? box?.offsetHeight) : undefined));
  return (
    <div ref={box} class="shown" style={{ 'min-height': height() === undefined ? undefined : `${height()}px` }}>
      {props.children}
    </div>
  );
}

export const findOne = (
  paragraphs: Accessor<readonly PublishedParagraph[]>,
  id: string,
): Accessor<PublishedParagraph | undefined> =>
  createMemo(() => paragraphs().find((one) => one.id === id), undefined, {
    equals: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  });
