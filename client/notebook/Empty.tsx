import { createResource, For, type JSX } from 'solid-js';
import type { SessionTable } from '../../server/protocol/messages.ts';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { labelOf } from './interpreters.ts';
import { quoteText } from './upload.ts';

export type Lesson = { readonly title: string; readonly interpreter: string; readonly source: string };
const FLIGHTS = 'data/flights-3m.parquet';

/** What an empty notebook teaches: three real first queries, on the sample, on the files that are here, or on nothing. */
export function Empty(props: { readonly onLesson: (lesson: Lesson) => void }): JSX.Element {
  const notebook = useNotebook();
  const [tables] = createResource(
    () => notebook.save().state === 'saved',
    () => notebook.live.tables().catch((): readonly SessionTable[] => []),
  );
  return (
    <section class="empty-notebook" aria-label={words.empty.title}>
      <h2>{words.empty.title}</h2>
      <p class="quiet">{words.empty.hint}</p>
      <ul>
        <For each={lessonsFor(tables.latest ?? [])}>
          {(lesson) => (
            <li>
              <button type="button" onClick={() => props.onLesson(lesson)}>
                <b>
                  {lesson.title} <small>{labelOf(lesson.interpreter)}</small>
                </b>
                <code>{lesson.source}</code>
              </button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

export function lessonsFor(tables: readonly SessionTable[]): readonly Lesson[] {
  const files = tables.filter((table) => table.source === 'file').map((table) => table.name);
  if (files.includes(FLIGHTS)) return words.empty.flights;
  const [file] = files;
  if (file === undefined) return words.empty.plain;
  return words.empty.files.map(({ title, query }) => ({
    title: title(file),
    interpreter: 'sql',
    source: query(quoteText(file)),
  }));
}
