/**
 * Text of one's own that could not be merged, above the notebook until it is handled: what of it differs from what is
 * there now, and for each paragraph insert, copy or discard.
 */
import { For, type JSX, Match, Show, Switch } from 'solid-js';
import { diffText } from '../../server/protocol/diff.ts';
import { useNotebook } from '../notebook/context.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { clock } from '../parts/time.ts';
import { draftWords } from '../words/drafts.ts';
import { words as common } from '../words/en.ts';
import { type Draft, type DraftPart, TITLE } from './contract.ts';
import './drafts.css';
import { insertParts, removeParts, useTitle } from './insert.ts';
import type { DraftList, DraftPiece } from './list.ts';

const words = draftWords.draft;

export function Drafts(props: { readonly list: DraftList }): JSX.Element {
  return <For each={props.list.drafts()}>{(draft) => <OneDraft draft={draft} list={props.list} />}</For>;
}

function OneDraft(props: { readonly draft: Draft; readonly list: DraftList }): JSX.Element {
  const notebook = useNotebook();
  const { toasts } = notebook.app;
  const settle = (piece?: DraftPiece): (() => void) => props.list.settle(props.draft, piece);
  const discard = (piece?: DraftPiece): void => {
    const back = settle(piece);
    toasts.show({ text: words.discarded, action: { label: common.undo, do: back } });
  };
  const insert = (parts: readonly DraftPart[], piece?: DraftPiece): void => {
    const made = insertParts(notebook, parts);
    const back = settle(piece);
    const first = made[0];
    if (first) queueMicrotask(() => notebook.reveal(first, 'center'));
    const undo = (): void => {
      removeParts(notebook, made, Date.now());
      back();
    };
    toasts.show({ text: words.inserted, action: { label: common.undo, do: undo } });
  };
  return (
    <section class="draft" aria-label={words.label} data-draft={props.draft.why}>
      <header class="draft-head">
        <h2>{words.title[props.draft.why]}</h2>
        <span class="quiet">{words.from(clock(props.draft.at, Date.now()))}</span>
      </header>
      <p class="quiet">{words.hint[props.draft.why]}</p>
      <Show when={props.draft.title}>
        {(title) => (
          <Piece
            name={words.titlePart}
            mine={title()}
            here={notebook.title()}
            onDiscard={() => discard(TITLE)}
            insertLabel={words.useTitle}
            onInsert={
              notebook.writable()
                ? () => {
                    useTitle(notebook, title());
                    settle(TITLE);
                  }
                : undefined
            }
          />
        )}
      </Show>
      <For each={props.draft.parts}>
        {(part) => (
          <Piece
            interpreter={part.interpreter}
            name={`${labelOf(part.interpreter)}${part.name === undefined ? '' : ` ${common.paragraph.named(part.name)}`}`}
            mine={part.source}
            here={
              notebook.document.order().includes(part.paragraph)
                ? notebook.document.paragraph(part.paragraph).source()
                : undefined
            }
            onDiscard={() => discard(part.paragraph)}
            insertLabel={words.insert}
            insertHint={words.insertHint}
            onInsert={notebook.writable() ? () => insert([part], part.paragraph) : undefined}
          />
        )}
      </For>
      <Show when={props.draft.parts.length > 1}>
        <footer class="draft-foot">
          <button type="button" class="button" onClick={() => discard()}>
            {words.discardAll}
          </button>
          <Show when={notebook.writable()}>
            <button type="button" class="button" onClick={() => insert(props.draft.parts)}>
              {words.insertAll}
            </button>
          </Show>
        </footer>
      </Show>
    </section>
  );
}

function Piece(props: {
  readonly interpreter?: string;
  readonly name: string;
  readonly mine: string;
  /** What stands in the notebook now. */
  readonly here: string | undefined;
  readonly insertLabel: string;
  readonly insertHint?: string;
  readonly onInsert: (() => void) | undefined;
  readonly onDiscard: () => void;
}): JSX.Element {
  const { toasts } = useNotebook().app;
  const state = () => (props.here === undefined ? 'gone' : props.here === props.mine ? 'same' : 'changed');
  const copy = (): void => {
    void navigator.clipboard.writeText(props.mine).then(() => toasts.show({ text: words.copied }));
  };
  return (
    <article
      class="draft-piece"
      style={{ '--interpreter': `var(--${props.interpreter ?? 'markdown'}, var(--ink-3))` }}
      data-state={state()}
    >
      <div class="draft-line">
        <b>{props.name}</b>
        <span class="quiet">{words.state[state()]}</span>
        <span class="spring" />
        <span class="draft-do">
          <button type="button" class="button" onClick={() => props.onDiscard()}>
            {words.discard}
          </button>
          <button type="button" class="button" onClick={copy}>
            {words.copy}
          </button>
          <Show when={props.onInsert}>
            {(onInsert) => (
              <button type="button" class="button" data-tip={props.insertHint} onClick={() => onInsert()()}>
                {props.insertLabel}
              </button>
            )}
          </Show>
        </span>
      </div>
      <Show when={state() !== 'same'}>
        <pre class="draft-text">
          <For each={changesOf(props.here ?? props.mine, props.mine)}>
            {(one) => (
              <Switch fallback={one.text}>
                <Match when={one.in === 'mine'}>
                  <ins>{one.text}</ins>
                </Match>
                <Match when={one.in === 'here'}>
                  <del>{one.text}</del>
                </Match>
              </Switch>
            )}
          </For>
        </pre>
      </Show>
    </article>
  );
}

type Change = { readonly in: 'both' | 'mine' | 'here'; readonly text: string };

/** `mine` against what is here, in reading order. */
export function changesOf(here: string, mine: string): readonly Change[] {
  const changes: Change[] = [];
  const add = (where: Change['in'], text: string): void => void (text !== '' && changes.push({ in: where, text }));
  let at = 0;
  for (const { from, to, insert } of diffText(here, mine)) {
    add('both', here.slice(at, from));
    add('here', here.slice(from, to));
    add('mine', insert);
    at = to;
  }
  add('both', here.slice(at));
  return changes;
}
