import { createSignal, createUniqueId, type JSX } from 'solid-js';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../../server/protocol/passwords.ts';
import type { AppContext } from '../app-context.ts';
import { Modal } from '../parts/Modal.tsx';
import { account } from '../words/account.ts';
import { changePassword } from './password.ts';

/** The password of one's own account; the one it has now is asked for. */
export function PasswordDialog(props: {
  readonly app: Pick<AppContext, 'toasts' | 'person'>;
  readonly onClose: () => void;
}): JSX.Element {
  const [busy, setBusy] = createSignal(false);
  const [wrong, setWrong] = createSignal('');
  const alert = createUniqueId();
  const save = async (form: FormData): Promise<void> => {
    const field = (name: string): string => String(form.get(name) ?? '');
    if (field('next') !== field('again')) return void setWrong(account.differs);
    setBusy(true);
    const problem = await changePassword(field('current'), field('next'));
    setBusy(false);
    if (problem !== undefined) return void setWrong(problem);
    props.app.toasts.show({ text: account.passwordDone });
    props.onClose();
  };
  const Field = (field: { readonly name: string; readonly label: string; readonly fresh: boolean }): JSX.Element => (
    <label class="dialog-field">
      <span>{field.label}</span>
      <input
        class="field"
        type="password"
        name={field.name}
        required
        minLength={field.fresh ? SHORTEST_PASSWORD : 1}
        maxLength={LONGEST_PASSWORD}
        autocomplete={field.fresh ? 'new-password' : 'current-password'}
        autofocus={!field.fresh}
        aria-describedby={alert}
      />
    </label>
  );
  return (
    <Modal title={account.passwordTitle} onClose={() => props.onClose()}>
      <form
        class="dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy()) void save(new FormData(event.currentTarget));
        }}
      >
        {/* For those who keep passwords: whose it is. */}
        <input
          class="unseen"
          autocomplete="username"
          value={props.app.person().name}
          readOnly
          tabindex={-1}
          aria-label={account.whose}
        />
        <Field name="current" label={account.current} fresh={false} />
        <Field name="next" label={account.next} fresh />
        <Field name="again" label={account.again} fresh />
        <p class="quiet">{account.passwordHint(SHORTEST_PASSWORD)}</p>
        <p id={alert} class="failed-text" role="alert">
          {wrong()}
        </p>
        <div class="dialog-foot">
          <button type="submit" class="button main" disabled={busy()}>
            {account.passwordDo}
          </button>
        </div>
      </form>
    </Modal>
  );
}
