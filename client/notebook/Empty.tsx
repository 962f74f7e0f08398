import { For, type JSX } from 'solid-js';
import { words } from '../words/en.ts';

/** What an empty notebook teaches: three real first queries. */
export function Empty(props: { readonly onQuery: (source: string) => void }): JSX.Element {
  return (
    <section class="empty-notebook" aria-label={words.empty.title}>
      <h2>{words.empty.title}</h2>
      <p class="quiet">{words.empty.hint}</p>
      <ul>
        <For each={words.empty.queries}>
          {(query) => (
            <li>
              <button type="button" onClick={() => props.onQuery(query.source)}>
                <b>{query.title}</b>
                <code>{query.source}</code>
              </button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}
