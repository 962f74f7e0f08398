/** Oneself in the top bar: whose account the page shows, what can be done with it, and the way out. */
import { createResource, createSignal, type JSX, lazy, Match, Show, Suspense, Switch } from 'solid-js';
import type { AppContext } from '../app-context.ts';
import { later } from '../parts/later.tsx';
import { Menu, type MenuItem } from '../parts/Menu.tsx';
import { Avatar } from '../people/Avatar.tsx';
import { AUDIT_PATH } from '../route.ts';
import { account } from '../words/account.ts';
import { type Me, readMe } from './me.ts';
import './account.css';

const NameDialog = later(async () => (await import('../people/NameDialog.tsx')).NameDialog);
const SignOut = later(async () => (await import('../drafts/SignOut.tsx')).SignOut);
const PasswordDialog = lazy(async () => ({ default: (await import('./PasswordDialog.tsx')).PasswordDialog }));

type Asking = 'nothing' | 'name' | 'password' | 'sign-out' | 'everywhere';

export function Account(props: { readonly app: AppContext; readonly color?: number | undefined }): JSX.Element {
  const { app } = props;
  const [menu, setMenu] = createSignal(false);
  const [asking, setAsking] = createSignal<Asking>('nothing');
  const close = (): void => void setAsking('nothing');
  let button!: HTMLButtonElement;
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-label={account.menu(app.person().name)}
        data-tip={account.menu(app.person().name)}
        aria-haspopup="menu"
        aria-expanded={menu()}
        data-account
        onClick={() => setMenu(!menu())}
      >
        <Avatar name={app.person().name} color={props.color ?? app.person().color} />
      </button>
      <Show when={menu()}>
        <AccountMenu app={app} anchor={button} onAsk={setAsking} onClose={() => setMenu(false)} />
      </Show>
      <Switch>
        <Match when={asking() === 'name'}>
          <NameDialog
            name={app.person().name}
            onDone={(name) => {
              app.rename(name);
              close();
            }}
            onClose={close}
          />
        </Match>
        <Match when={asking() === 'password'}>
          <Suspense>
            <PasswordDialog app={app} onClose={close} />
          </Suspense>
        </Match>
        <Match when={asking() === 'sign-out'}>
          <SignOut app={app} onClose={close} />
        </Match>
        <Match when={asking() === 'everywhere'}>
          <SignOut app={app} everywhere onClose={close} />
        </Match>
      </Switch>
    </>
  );
}

function AccountMenu(props: {
  readonly app: AppContext;
  readonly anchor: Element;
  readonly onAsk: (what: Asking) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const { app } = props;
  const [me] = createResource(readMe);
  const known = (): Me | undefined => {
    const answer = me();
    return answer?.ok ? answer.value : undefined;
  };
  const items = (): readonly MenuItem[] => [
    ...(app.account ? [] : [{ label: account.change, do: () => props.onAsk('name') }]),
    ...(app.account && known()?.password !== false
      ? [{ label: account.password, do: () => props.onAsk('password') }]
      : []),
    ...(known()?.role === 'owner' ? [{ label: account.audit, do: () => app.router.go(AUDIT_PATH) }] : []),
    'rule',
    { label: account.signOut, do: () => props.onAsk('sign-out') },
    { label: account.everywhere, hint: account.everywhereHint, do: () => props.onAsk('everywhere') },
  ];
  const fact = (): string => {
    const answer = me();
    if (answer && !answer.ok) return account.away;
    const now = known();
    if (!now) return '';
    return now.kind === 'owner' ? account.byAddress : account.roles[now.role];
  };
  return (
    <Menu
      label={account.menu(app.person().name)}
      anchor={props.anchor}
      align="end"
      items={items()}
      onClose={() => props.onClose()}
      head={
        <div class="facts account-facts">
          <b>{app.person().name}</b>
          <p class="quiet" role="status">
            {fact() || '\u00a0'}
          </p>
        </div>
      }
    />
  );
}
