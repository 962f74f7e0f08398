import { type JSX, lazy, Match, Suspense, Switch } from 'solid-js';
import { SignOut } from '../drafts/SignOut.tsx';
import { NameDialog } from '../people/NameDialog.tsx';
import { ClearDialog } from './ClearDialog.tsx';
import { choosable } from './choosable.ts';
import { useNotebook } from './context.ts';
import { entriesOf, slowEntriesOf } from './entries.ts';
import { KeyList } from './KeyList.tsx';
import type { Named } from './naming.ts';
import { Palette } from './Palette.tsx';

/** Opened now and then. */
const FormsDialog = lazy(async () => ({ default: (await import('./FormsDialog.tsx')).FormsDialog }));
const Share = lazy(async () => ({ default: (await import('../share/Share.tsx')).Share }));

/** What stands over the page: one at a time. */
export function Overs(props: { readonly onInsertTable: (table: Named) => void }): JSX.Element {
  const notebook = useNotebook();
  const close = (): void => notebook.setOver('none');
  return (
    <Switch>
      <Match when={notebook.over() === 'palette'}>
        <Palette
          entries={entriesOf(notebook)}
          slow={(query) => slowEntriesOf(notebook, query, props.onInsertTable)}
          onClose={close}
        />
      </Match>
      <Match when={notebook.over() === 'keys'}>
        <KeyList mac={notebook.app.mac} onClose={close} />
      </Match>
      <Match when={notebook.over() === 'share' || notebook.over() === 'embed'}>
        <Suspense>
          <Share
            place={{ kind: 'notebook', id: notebook.live.id, title: notebook.title() }}
            paragraphs={choosable(notebook)}
            embed={notebook.over() === 'embed' ? notebook.focus.at() : undefined}
            onClose={close}
          />
        </Suspense>
      </Match>
      <Match when={notebook.over() === 'forms' && notebook.writable()}>
        <Suspense>
          <FormsDialog onClose={close} />
        </Suspense>
      </Match>
      <Match when={notebook.over() === 'sign-out'}>
        <SignOut app={notebook.app} onClose={close} />
      </Match>
      <Match when={notebook.over() === 'clear'}>
        <ClearDialog onClose={close} />
      </Match>
      <Match when={notebook.over() === 'name'}>
        <NameDialog
          name={notebook.app.person().name}
          onDone={(name) => {
            notebook.app.rename(name);
            close();
          }}
          onClose={close}
        />
      </Match>
    </Switch>
  );
}
