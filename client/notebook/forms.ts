/** A notebook's forms on its page: the viewer's values, runs with them, and making them everybody's. */
import { frontFormsOf, setForm } from '../../server/protocol/forms/document.ts';
import type { Role } from '../../server/protocol/messages.ts';
import { openForms } from '../forms/document.ts';
import { withDefault } from '../forms/keep.ts';
import { createFormRuns, type FormRuns } from '../forms/running.ts';
import { createValues } from '../forms/values.ts';
import type { LiveNotebook } from '../live/contract.ts';
import { formWords } from '../words/forms.ts';
import type { DocumentView } from './document.ts';

export type NotebookForms = FormRuns & {
  /** Makes the viewer's values the notebook's own. */
  keep(names: readonly string[]): void;
};

export type FormsParts = {
  readonly live: Pick<LiveNotebook, 'doc' | 'origin' | 'undo'>;
  readonly document: DocumentView;
  readonly role: () => Role | undefined;
  readonly runnable: () => boolean;
  /** What is not of the viewer's values. */
  readonly run: () => void;
  readonly tell: (text: string) => void;
};

/** Call it inside a component. */
export function openNotebookForms(parts: FormsParts): NotebookForms {
  const { live, document } = parts;
  const view = createValues(openForms(live.doc, document), window, () => parts.role() === 'reader');
  const runs = createFormRuns({
    view,
    run: parts.run,
    isVisitor: () => parts.role() === 'runner',
    runnable: parts.runnable,
    storage: localStorage,
  });
  return {
    ...runs,
    keep(names) {
      const front = new Map(frontFormsOf(live.doc));
      live.undo.stopCapturing();
      live.doc.transact(() => {
        for (const name of names) {
          const standing = view.standing(name);
          const declaration = front.get(name);
          if (!standing || declaration === undefined) continue;
          setForm(live.doc, name, withDefault(standing.form, declaration, standing.value), live.origin);
        }
      }, live.origin);
      live.undo.stopCapturing();
      parts.tell(formWords.kept(names));
    },
  };
}
