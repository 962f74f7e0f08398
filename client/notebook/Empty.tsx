import { createResource, For, type JSX } from 'solid-js';
import type { SessionTable } from '../../server/protocol/messages.ts';
import { colour } from '../editor/colour.ts';
import { emptyWords } from '../words/empty.ts';
import { useNotebook } from './context.ts';
import { labelOf } from './interpreters.ts';
import { type Lesson, lessonsFor } from './lessons.ts';

/** What an empty notebook teaches: three real first queries, on the sample, on the files that are here, or on nothing. */
export function Empty(props: { readonly onLesson: (lesson: Lesson) => void }): JSX.Element {
  const notebook = useNotebook();
  const [tables] = createResource(
    () => notebook.save().state === 'saved',
    () => notebook.live.tables().catch((): readonly SessionTable[] => []),
  );
  return (
    <section class="empty-notebook" aria-label={emptyWords.title}>
      <h2>{emptyWords.title}</h2>
      <p class="quiet">{emptyWords.hint}</p>
      <ul>
        <For each={lessonsFor(tables.latest ?? [])}>
          {(lesson) => (
            <li>
              <button type="button" onClick={() => props.onLesson(lesson)}>
                <b>
                  {lesson.title}{' '}
                  <small style={{ color: `var(--${lesson.interpreter})` }}>{labelOf(lesson.interpreter)}</small>
                </b>
                <code innerHTML={colour(lesson.source, lesson.interpreter)} />
              </button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
