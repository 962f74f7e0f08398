import { createMemo, For, type JSX, Show } from 'solid-js';
import type { DeclaredForm, FormPlace, FormProblem } from '../../server/protocol/forms.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { FormRow, type RowParts } from '../forms/FormRow.tsx';
import { optionsFrom } from '../forms/options.ts';
import { formWords as words } from '../words/forms.ts';
import { useNotebook } from './context.ts';

/** The forms of the front matter at the top of the notebook, or those that a paragraph declares at it. */
export function Forms(props: { readonly paragraph?: ParagraphId }): JSX.Element {
  const { forms, ...notebook } = useNotebook();
  const ask = optionsFrom(notebook.live.id);
  const isHere = ({ place }: { readonly place: FormPlace }): boolean =>
    props.paragraph === undefined
      ? place.in === 'front'
      : place.in === 'paragraph' && place.paragraph === props.paragraph;
  const here = createMemo<readonly DeclaredForm[]>(() => forms.view.forms().filter(isHere));
  /** For those who can mend it. */
  const problems = createMemo<readonly FormProblem[]>(() =>
    notebook.writable() ? forms.view.problems().filter(isHere) : [],
  );
  /** The one switch is for all: it stands at the top where there are any. */
  const again = (): RowParts['again'] => {
    const isAtTop = forms.view.forms().some(({ place }) => place.in === 'front');
    return props.paragraph === undefined || !isAtTop ? forms.again : undefined;
  };
  const onRun = (): RowParts['onRun'] => (notebook.runnable() ? forms.run : undefined);
  const onKeep = (): RowParts['onKeep'] => (notebook.writable() ? forms.keep : undefined);
  return (
    <>
      <Show when={here().length > 0}>
        <FormRow
          label={props.paragraph === undefined ? words.bar : words.here}
          forms={here()}
          view={forms.view}
          again={again()}
          ask={ask}
          onRun={onRun()}
          onKeep={onKeep()}
        />
      </Show>
      <Show when={problems().length > 0}>
        <ul class="form-problems" aria-label={words.problems}>
          <For each={problems()}>
            {({ code, name, message }) => (
              <li data-code={code}>
                <b>{name}</b> {message}
              </li>
            )}
          </For>
        </ul>
      </Show>
    </>
  );
}
