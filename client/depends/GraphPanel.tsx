/**
 * The side panel *Graph*: tables, files and what else paragraphs hand on, drawn with the paragraphs between them; the same
 * as a list in words; and for those who may know, what runs took.
 */
import { createMemo, createSignal, For, type JSX, Match, Show, Switch } from 'solid-js';
import type { GraphNode, Store } from '../../server/protocol/graph/graph.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { useNotebook } from '../notebook/context.ts';
import { isProse } from '../notebook/edits.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { IconButton } from '../parts/IconButton.tsx';
import { dependWords } from '../words/depends.ts';
import { words as common } from '../words/en.ts';
import { CostTable } from './CostTable.tsx';
import type { DependsView, Named, PartState } from './contract.ts';
import { Drawing } from './Drawing.tsx';
import './depends.css';

const words = dependWords.graph;
type View = keyof typeof words.views;
export function GraphPanel(props: { readonly depends: DependsView }): JSX.Element {
  const notebook = useNotebook();
  const { depends } = props;
  const [view, setView] = createSignal<View>('drawing');
  const views = (): readonly View[] =>
    notebook.role() === 'writer' || notebook.role() === 'owner' ? ['drawing', 'list', 'cost'] : ['drawing', 'list'];
  const steps = createMemo(() => {
    const { document } = notebook;
    const code = document.order().filter((id) => !isProse(document.paragraph(id).interpreter()));
    return new Map(code.map((id, index) => [id, index + 1]));
  });
  const named: Named = {
    label: (id) => {
      const paragraph = notebook.document.paragraph(id);
      const step = steps().get(id);
      const kind = labelOf(paragraph.interpreter());
      return step === undefined ? kind : `${step} ${kind}`;
    },
    state: (id) => {
      const state = notebook.runs.paragraph(id).latest()?.phase.state ?? 'none';
      return (state === 'done' || state === 'failed') && depends.stale().has(id) ? 'stale' : state;
    },
    why: depends.why,
    go: (id) => {
      notebook.focus.select(id);
      notebook.reveal(id, 'start');
    },
  };
  const graph = () => depends.graph();
  const empty = (): boolean => graph()?.nodes.every((node) => node.reads.length + node.writes.length === 0) ?? false;
  const list = (ids: readonly ParagraphId[]): string => ids.map((id) => stepText(steps().get(id))).join(', ');
  return (
    <aside class="panel graph" aria-label={words.title}>
      <div class="panel-head">
        <h2>{words.title}</h2>
        <div class="graph-views" role="tablist" aria-label={words.title}>
          <For each={views()}>
            {(one) => (
              <button
                type="button"
                role="tab"
                aria-selected={view() === one}
                class="link-button"
                classList={{ on: view() === one }}
                onClick={() => setView(one)}
              >
                {words.views[one]}
              </button>
            )}
          </For>
        </div>
        <span class="spring" />
        <IconButton icon="refresh" label={words.refresh} size={14} onClick={() => depends.refresh()} />
        <IconButton icon="x" label={common.close} onClick={() => notebook.setPanel('none')} />
      </div>
      <Show when={graph()} fallback={<p class="quiet">{depends.failed() ?? words.loading}</p>}>
        {(known) => (
          <>
            <Show when={depends.failed()}>
              <p class="quiet" role="alert">
                {words.failed}
              </p>
            </Show>
            <Show when={notebook.runnable() && view() !== 'cost'}>
              <button
                type="button"
                class="button graph-run"
                disabled={depends.stale().size === 0}
                onClick={() => notebook.perform({ command: 'run-stale' })}
              >
                {words.runStale(depends.stale().size)}
              </button>
            </Show>
            <For each={known().cycles}>{(ids) => <p class="graph-note bad">{words.cycle(list(ids))}</p>}</For>
            <For each={known().clashes}>
              {(clash) => <p class="graph-note">{words.clash(clash.store.name, list(clash.paragraphs))}</p>}
            </For>
            <Switch>
              <Match when={view() === 'cost'}>
                <CostTable notebook={notebook.live.id} />
              </Match>
              <Match when={empty()}>
                <p class="quiet">{words.none}</p>
              </Match>
              <Match when={view() === 'drawing'}>
                <Drawing graph={known()} named={named} />
              </Match>
              <Match when={view() === 'list'}>
                <List nodes={known().nodes} named={named} />
              </Match>
            </Switch>
            <Show when={!known().whole}>
              <p class="quiet">{words.partly}</p>
            </Show>
          </>
        )}
      </Show>
    </aside>
  );
}

/** What the drawing shows, in words: for screen readers, and for whoever would rather read. */
function List(props: { readonly nodes: readonly GraphNode[]; readonly named: Named }): JSX.Element {
  const { named } = props;
  return (
    <ul class="graph-list">
      <For each={props.nodes}>
        {(node) => (
          <li>
            <button
              type="button"
              class="graph-item"
              aria-label={words.go(named.label(node.id), words.states[named.state(node.id)])}
              onClick={() => named.go(node.id)}
            >
              <State state={named.state(node.id)} />
              <b>{named.label(node.id)}</b>
              <span class="graph-state">{words.states[named.state(node.id)]}</span>
            </button>
            <p>{sentence(node)}</p>
            <Show when={named.why(node.id)}>{(why) => <p class="stale">{why()}</p>}</Show>
            <Show when={!node.sure}>
              <p class="quiet">{words.unsure}</p>
            </Show>
          </li>
        )}
      </For>
    </ul>
  );
}

/** Its shape tells it as well as its colour. */
export function State(props: { readonly state: PartState }): JSX.Element {
  return <i class={`state-mark ${props.state}`} aria-hidden="true" />;
}

export const storeText = ({ kind, name }: Store): string =>
  kind === 'settings' ? words.kinds.settings : words.store(words.kinds[kind], name);

function sentence({ reads, writes }: GraphNode): string {
  const said = [
    ...(reads.length > 0 ? [words.reads(reads.map(storeText).join(', '))] : []),
    ...(writes.length > 0 ? [words.writes(writes.map(storeText).join(', '))] : []),
  ];
  return said.length > 0 ? said.join('; ') : words.nothing;
}

const stepText = (step: number | undefined): string => (step === undefined ? '' : dependWords.paragraph(step));
