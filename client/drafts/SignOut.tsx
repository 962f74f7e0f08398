/** Signs out; with edits that are not saved, or drafts, after asking what becomes of them: send, keep, or discard. */
import { createSignal, type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { signOut } from '../api.ts';
import type { AppContext } from '../app-context.ts';
import { browserSocket, liveAddress } from '../live/system.ts';
import { Modal } from '../parts/Modal.tsx';
import { draftWords } from '../words/drafts.ts';
import { words } from '../words/en.ts';
import './drafts.css';
import { sendKept } from './send.ts';

const here = draftWords.signOut;
/** A person waits that long for a button; then they choose again. */
const SEND_MS = 20_000;

type Unsaved = {
  readonly edits: number;
  readonly drafts: number;
  readonly kept: boolean;
  readonly notebooks: readonly NotebookId[];
};
type Step =
  | { readonly at: 'leaving' }
  | { readonly at: 'discarding'; readonly unsaved: Unsaved }
  | { readonly at: 'asking'; readonly unsaved: Unsaved; readonly sending: 'no' | 'now' | 'failed' };

export function SignOut(props: {
  readonly app: AppContext;
  /** Of all of this person's browsers. */
  readonly everywhere?: boolean;
  readonly onClose: () => void;
}): JSX.Element {
  const { kept, person, toasts } = props.app;
  const [step, setStep] = createSignal<Step>({ at: 'leaving' });
  const ended = new AbortController();
  onCleanup(() => ended.abort());

  async function look(): Promise<Unsaved> {
    const open = kept.leaving.unsaved();
    const stored = await kept.store.list(person().id).catch(() => []);
    const drafts = await kept.store.drafts({ person: person().id }).catch(() => []);
    const others = stored.filter((one) => !open.notebooks.has(one.notebook));
    return {
      edits: open.edits + others.reduce((sum, one) => sum + one.edits, 0),
      drafts: drafts.length,
      kept: open.kept,
      notebooks: [...new Set([...open.notebooks, ...others.map((one) => one.notebook)])],
    };
  }
  async function leave(how: 'keep' | 'discard'): Promise<void> {
    setStep({ at: 'leaving' });
    const answer = await signOut(props.everywhere === true);
    if (!answer.ok) {
      toasts.show({ text: here.failed, hint: answer.problem.message, tone: 'bad' });
      props.onClose();
      return;
    }
    kept.leaving.letGo(how);
    if (how === 'discard') await kept.store.forget(person().id).catch(() => undefined);
    location.assign('/');
  }
  async function send(unsaved: Unsaved): Promise<void> {
    setStep({ at: 'asking', unsaved, sending: 'now' });
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(SEND_MS)]);
    const open = kept.leaving.unsaved().notebooks;
    const on = { person: person(), kept, connect: (id: NotebookId) => browserSocket(liveAddress(location, id)) };
    try {
      await kept.leaving.whenSaved(signal);
      for (const id of unsaved.notebooks) if (!open.has(id)) await sendKept(on, id, signal);
      await leave('keep');
    } catch {
      if (!ended.signal.aborted) setStep({ at: 'asking', unsaved: await look(), sending: 'failed' });
    }
  }
  onMount(async () => {
    const unsaved = await look();
    if (unsaved.edits + unsaved.drafts === 0) await leave('keep');
    else setStep({ at: 'asking', unsaved, sending: 'no' });
  });
  const at = <A extends Step['at']>(name: A): Extract<Step, { at: A }> | undefined => {
    const now = step();
    return isAt(now, name) ? now : undefined;
  };

  return (
    <Switch>
      <Match when={at('leaving')}>
        <Modal title={here.leaving} onClose={props.onClose}>
          <p class="quiet">{here.leaving}</p>
        </Modal>
      </Match>
      <Match when={at('discarding')}>
        {(now) => (
          <Modal title={here.discardTitle(now().unsaved.edits, now().unsaved.drafts)} onClose={props.onClose}>
            <p>{here.discardText}</p>
            <div class="dialog-foot">
              <button
                type="button"
                class="button"
                onClick={() => setStep({ at: 'asking', unsaved: now().unsaved, sending: 'no' })}
              >
                {words.cancel}
              </button>
              <button type="button" class="button danger" onClick={() => void leave('discard')}>
                {here.discardDo}
              </button>
            </div>
          </Modal>
        )}
      </Match>
      <Match when={at('asking')}>
        {(now) => (
          <Modal title={here.title(now().unsaved.edits)} onClose={props.onClose}>
            <p>{here.text(now().unsaved.edits, now().unsaved.notebooks.length, now().unsaved.drafts)}</p>
            <p class="quiet" role="status">
              {now().sending === 'failed' ? here.sendFailed : ''}
            </p>
            <div class="choices">
              <Show when={now().unsaved.edits > 0}>
                <button
                  type="button"
                  class="button main choice"
                  disabled={now().sending === 'now'}
                  autofocus
                  onClick={() => void send(now().unsaved)}
                >
                  {now().sending === 'now' ? here.sending : here.send}
                  <span class="quiet">{here.sendHint}</span>
                </button>
              </Show>
              <button
                type="button"
                class="button choice"
                disabled={!now().unsaved.kept}
                onClick={() => void leave('keep')}
              >
                {here.keep}
                <span class="quiet">{here.keepHint(now().unsaved)}</span>
              </button>
              <button
                type="button"
                class="button choice"
                onClick={() => setStep({ at: 'discarding', unsaved: now().unsaved })}
              >
                {here.discard}
                <span class="quiet">{here.discardText}</span>
              </button>
            </div>
          </Modal>
        )}
      </Match>
    </Switch>
  );
}

const isAt = <A extends Step['at']>(step: Step, name: A): step is Extract<Step, { at: A }> => step.at === name;
