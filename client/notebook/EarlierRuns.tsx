import type { JSX } from 'solid-js';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { Earlier } from '../runs/Earlier.tsx';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import { labelOf } from './interpreters.ts';
import { mayReadRows } from './watch.ts';

/** The runs of a paragraph side by side, over its notebook. */
export function EarlierRuns(props: { readonly paragraph: ParagraphId; readonly onClose: () => void }): JSX.Element {
  const notebook = useNotebook();
  const paragraph = notebook.document.paragraph(props.paragraph);
  const { latest } = notebook.runs.paragraph(props.paragraph);
  const run = (): void => notebook.perform({ command: 'run' }, props.paragraph);
  return (
    <Earlier
      notebook={notebook.live.id}
      paragraph={props.paragraph}
      label={words.paragraph.label(labelOf(paragraph.interpreter()), paragraph.name())}
      me={notebook.app.person().id}
      forms={notebook.forms.view}
      source={paragraph.source}
      latest={() => [latest()?.id, latest()?.phase.state, notebook.visitor()?.id].join()}
      toasts={notebook.app.toasts}
      onRun={notebook.runnable() ? run : undefined}
      outputs={{
        chart: paragraph.options().chart,
        table: paragraph.options().table,
        fixed: !mayReadRows(notebook.role()) && paragraph.options().download !== true,
      }}
      onClose={props.onClose}
    />
  );
}
