import { type JSX, Match, Show, Switch } from 'solid-js';
import type { Keeping, LiveNotebook } from '../live/contract.ts';
import { later } from '../parts/later.tsx';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';

/** Of a notebook that was deleted under its page. */
const Thrown = later(
  async () => (await import('../trash/Thrown.tsx')).Thrown,
  () => <b>{words.save.closedTitle}</b>,
);

/** At the foot of the page, over it: why it does not go on as usual, and what can be done. */
export function Banners(props: { readonly onCopy: () => void }): JSX.Element {
  const notebook = useNotebook();
  const file = () => {
    const now = notebook.file();
    return now.state === 'unparsable' ? now : undefined;
  };
  const unwritten = (): readonly string[] => {
    const now = notebook.file();
    return now.state === 'fine' ? (now.unwritten ?? []) : [];
  };
  return (
    <div class="banners">
      <Switch>
        <Match when={offline(notebook.save())}>
          {(save) => (
            <div class="banner offline" role="status">
              <b>{words.save.offlineTitle}</b> <span>{offlineHint(save(), notebook.path() !== '')}</span>
              <Show when={save().keeping === 'full' || save().keeping === 'failed'}>
                <span class="spring" />
                <button type="button" class="button" onClick={() => props.onCopy()}>
                  {words.save.copyMine}
                </button>
              </Show>
            </div>
          )}
        </Match>
        <Match when={readOnly(notebook.save())}>
          {(save) => (
            <div class="banner warn" role="alert">
              <b>{words.save.readOnlyTitle}</b> <span>{save().why}</span> <span>{words.save.readOnlyHint}</span>
            </div>
          )}
        </Match>
        <Match when={closed(notebook.save())}>
          {(save) => (
            <div class="banner bad" role="alert">
              <Show when={save().code === 'not-found'} fallback={<Stopped message={save().message} />}>
                <Thrown id={notebook.live.id} fallback={<Stopped message={save().message} />} />
              </Show>
              <Show when={save().unsent > 0}>
                <span>{words.save.closedUnsent(save().unsent, save().keeping)}</span>
              </Show>
              <span class="spring" />
              <button type="button" class="button" onClick={() => props.onCopy()}>
                {words.save.copyMine}
              </button>
              <button type="button" class="button main" onClick={() => location.reload()}>
                {words.reload}
              </button>
            </div>
          )}
        </Match>
      </Switch>
      <Show when={file()}>
        {(state) => (
          <div class="banner warn" role="alert">
            <b>{words.file.unparsable(state().line)}</b> <span>{state().message}</span>{' '}
            <span>{words.file.unparsableHint}</span>
            <span class="spring" />
            <Show when={notebook.writable()}>
              <button type="button" class="button" onClick={() => notebook.live.useMine()}>
                {words.file.useMine}
              </button>
            </Show>
          </div>
        )}
      </Show>
      <Show when={notebook.writable() && unwritten().length > 0}>
        <div class="banner warn" role="alert">
          <b>{words.file.unwritten(unwritten())}</b> <span>{words.file.unwrittenHint}</span>
        </div>
      </Show>
      <Show when={notebook.isOwnShown() && notebook.save().state !== 'closed'}>
        <div class="banner" role="status">
          <span>{words.visitor.line}</span>
          <span class="spring" />
          <button type="button" class="button" onClick={() => notebook.perform({ command: 'discard' })}>
            {words.visitor.discard}
          </button>
        </div>
      </Show>
      <Show when={notebook.file().state === 'missing' && notebook.save().state !== 'closed'}>
        <div class="banner warn" role="alert">
          <b>{words.file.missing}</b> <span>{words.file.missingHint}</span>
          <span class="spring" />
          <Show when={notebook.writable()}>
            <button type="button" class="button" onClick={() => notebook.live.useMine()}>
              {words.file.useMine}
            </button>
          </Show>
        </div>
      </Show>
    </div>
  );
}

const offline = (save: LiveNotebook['save']) => (save.state === 'offline' ? save : undefined);
const readOnly = (save: LiveNotebook['save']) => (save.state === 'read-only' ? save : undefined);
const closed = (save: LiveNotebook['save']) => (save.state === 'closed' ? save : undefined);

function offlineHint({ keeping }: { readonly keeping: Keeping }, known: boolean): string {
  if (!known) return words.save.awayHint;
  if (keeping === 'full') return words.save.offlineFull;
  return keeping === 'failed' ? words.save.offlineFailed : words.save.offlineHint;
}

function Stopped(props: { readonly message: string }): JSX.Element {
  return (
    <>
      <b>{words.save.closedTitle}</b> <span>{props.message}</span>
    </>
  );
}
