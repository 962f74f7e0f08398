/** What the runs of a notebook took, in all and by person. */
import { createResource, For, type JSX, Show } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { clock, size } from '../parts/time.ts';
import { dependWords } from '../words/depends.ts';
import { figure } from '../words/numbers.ts';
import { type CostLine, readCosts } from './calls.ts';
import { seconds } from './say.ts';

const words = dependWords.cost;

export function CostTable(props: { readonly notebook: NotebookId }): JSX.Element {
  const [answer] = createResource(() => props.notebook, readCosts);
  const costs = () => {
    const now = answer.latest;
    return now?.ok ? now.value : undefined;
  };
  const lines = (): readonly CostLine[] => {
    const known = costs();
    return known ? [known.all, ...known.people] : [];
  };
  return (
    <Show when={answer.latest} fallback={<p class="quiet">{dependWords.graph.loading}</p>}>
      <Show
        when={costs()}
        fallback={
          <p class="quiet" role="alert">
            {words.failed}
          </p>
        }
      >
        {(known) => (
          <Show when={known().all.runs > 0} fallback={<p class="quiet">{words.none}</p>}>
            <table class="cost-table">
              <caption>{words.title}</caption>
              <thead>
                <tr>
                  <th scope="col">{words.person}</th>
                  <th scope="col">{words.runs}</th>
                  <th scope="col">{words.processor}</th>
                  <th scope="col">{words.bytes}</th>
                  <th scope="col">{words.rowsHead}</th>
                </tr>
              </thead>
              <tbody>
                <For each={lines()}>
                  {(line) => (
                    <tr>
                      <th scope="row">{line.by?.name ?? words.all}</th>
                      <td>{figure(line.runs)}</td>
                      <td>{seconds(line.cpuMs)}</td>
                      <td>{line.read === undefined ? '–' : size(line.read)}</td>
                      <td>{figure(line.rows)}</td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
            <Show when={known().since}>
              {(since) => <p class="quiet">{words.since(clock(since(), Date.now()))}</p>}
            </Show>
          </Show>
        )}
      </Show>
    </Show>
  );
}
