/** One paragraph as it is published: its code where that is shown, and what it put out last. */
import { type Accessor, createMemo, type JSX, lazy, Show, Suspense } from 'solid-js';
import { labelOf } from '../notebook/interpreters.ts';
import { Outputs } from '../outputs/Outputs.tsx';
import type { PublishedParagraph } from './calls.ts';

const PROSE = 'markdown';
/** What draws a chart alone needs neither. */
const Prose = lazy(async () => ({ default: (await import('../prose/Prose.tsx')).Prose }));
const Code = lazy(async () => ({ default: (await import('./Code.tsx')).Code }));

export function One(props: {
  readonly paragraph: Accessor<PublishedParagraph | undefined>;
  readonly notRun: string;
}): JSX.Element {
  return (
    <Show when={props.paragraph()}>
      {(paragraph) => (
        <section
          class="paragraph"
          classList={{ prose: paragraph().interpreter === PROSE }}
          data-paragraph={paragraph().id}
          style={{ '--tone': `var(--${paragraph().interpreter}, var(--ink-3))` }}
        >
          <div class="content">
            <Show
              when={paragraph().interpreter !== PROSE}
              fallback={
                <Suspense>
                  <Prose source={paragraph().source ?? ''} />
                </Suspense>
              }
            >
              <Show when={paragraph().source !== undefined}>
                <div class="code">
                  <div class="head">
                    <span class="head-kind">{labelOf(paragraph().interpreter)}</span>
                  </div>
                  <Suspense>
                    <Code text={paragraph().source ?? ''} interpreter={paragraph().interpreter} />
                  </Suspense>
                </div>
              </Show>
              <Show when={paragraph().run} fallback={<p class="quiet">{props.notRun}</p>}>
                {(run) => (
                  <div class="shown">
                    <Outputs run={run()} dimmed={false} chart={paragraph().chart} fixed={!paragraph().download} />
                  </div>
                )}
              </Show>
            </Show>
          </div>
        </section>
      )}
    </Show>
  );
}

export const findOne = (
  paragraphs: Accessor<readonly PublishedParagraph[]>,
  id: string,
): Accessor<PublishedParagraph | undefined> =>
  createMemo(() => paragraphs().find((one) => one.id === id), undefined, {
    equals: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  });
