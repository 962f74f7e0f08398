import { For, type JSX } from 'solid-js';
import { Modal } from '../parts/Modal.tsx';
import { words } from '../words/en.ts';
import { keyWords } from '../words/keys.ts';
import { interpreters } from './interpreters.ts';
import { type Binding, bindings, printChord } from './keys.ts';

/** `?`: every key there is. */
export function KeyList(props: { readonly mac: boolean; readonly onClose: () => void }): JSX.Element {
  const rows = (where: Binding['where']) => bindings.filter((binding) => binding.where === where);
  const Rows = (part: { readonly title: string; readonly where: Binding['where'] }): JSX.Element => (
    <section class="key-list">
      <h3>{part.title}</h3>
      <dl>
        <For each={rows(part.where)}>
          {(binding) => (
            <div>
              <dt>{words.commands[binding.command]}</dt>
              <dd>
                <For each={binding.keys}>{(chord) => <kbd>{printChord(chord, props.mac)}</kbd>}</For>
              </dd>
            </div>
          )}
        </For>
      </dl>
    </section>
  );
  const digits = `1–${interpreters.length}`;
  return (
    <Modal title={keyWords.title} wide onClose={props.onClose}>
      <div class="keys">
        <Rows title={keyWords.editing} where="everywhere" />
        <Rows title={keyWords.command} where="outside" />
      </div>
      <p class="quiet">
        <kbd>{printChord('Mod+/', props.mac)}</kbd> {keyWords.comment} · <kbd>{digits}</kbd>{' '}
        {keyWords.turnInto(interpreters.map(({ label }) => label).join(', '))}
      </p>
    </Modal>
  );
}
