import { createEffect, type JSX, Match, onCleanup, Suspense, Switch } from 'solid-js';
import { later } from '../parts/later.tsx';
import { choosable } from './choosable.ts';
import { useNotebook } from './context.ts';
import { holdKeys } from './hold.ts';
import type { Named } from './naming.ts';

const Commands = later(async () => (await import('./Commands.tsx')).Commands);
const KeyList = later(async () => (await import('./KeyList.tsx')).KeyList);
const ClearDialog = later(async () => (await import('./ClearDialog.tsx')).ClearDialog);
const NameDialog = later(async () => (await import('../people/NameDialog.tsx')).NameDialog);
const SignOut = later(async () => (await import('../drafts/SignOut.tsx')).SignOut);
const PlanDialog = later(async () => (await import('../depends/PlanDialog.tsx')).PlanDialog);
/** Opened now and then. */
const DatesDialog = later(async () => (await import('./DatesDialog.tsx')).DatesDialog);
const FormsDialog = later(async () => (await import('./FormsDialog.tsx')).FormsDialog);
const EarlierRuns = later(async () => (await import('./EarlierRuns.tsx')).EarlierRuns);
const RenameDialog = later(async () => (await import('../rename/RenameDialog.tsx')).RenameDialog);
const Share = later(async () => (await import('../share/Share.tsx')).Share);

/** What stands over the page: one at a time. */
export function Overs(props: { readonly onInsertTable: (table: Named) => void }): JSX.Element {
  const notebook = useNotebook();
  const close = (): void => notebook.setOver('none');
  const renamed = () => {
    const over = notebook.over();
    return typeof over === 'object' && notebook.writable() ? over : undefined;
  };
  createEffect(() => {
    if (notebook.over() !== 'none') onCleanup(holdKeys(window, close));
  });
  return (
    <Switch>
      <Match when={notebook.over() === 'palette'}>
        <Commands onInsertTable={props.onInsertTable} onClose={close} />
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
      <Match when={notebook.over() === 'dates' && notebook.writable()}>
        <Suspense>
          <DatesDialog onClose={close} />
        </Suspense>
      </Match>
      <Match when={notebook.over() === 'runs' && notebook.focus.at()} keyed>
        {(at) => (
          <Suspense>
            <EarlierRuns paragraph={at} onClose={close} />
          </Suspense>
        )}
      </Match>
      <Match when={notebook.over() === 'run-stale' || notebook.over() === 'run-needs'}>
        <PlanDialog
          paragraphs={notebook.over() === 'run-needs' ? notebook.focus.selected() : undefined}
          onClose={close}
        />
      </Match>
      <Match when={renamed()} keyed>
        {(target) => <RenameDialog target={target} onClose={close} />}
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
