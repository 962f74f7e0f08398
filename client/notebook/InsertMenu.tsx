import type { JSX } from 'solid-js';
import { Menu } from '../parts/Menu.tsx';
import { words } from '../words/en.ts';
import { formWords } from '../words/forms.ts';
import { useNotebook } from './context.ts';
import type { ParagraphView } from './document.ts';
import * as edits from './edits.ts';
import { interpreters } from './interpreters.ts';

/** What `/` in an empty paragraph opens. Whoever goes on typing meant the letter: `//`, `/usr`. */
export function InsertMenu(props: {
  readonly anchor: Element;
  readonly paragraph: ParagraphView;
  readonly onClose: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const id = props.paragraph.id;
  return (
    <Menu
      label={words.insert.menu}
      anchor={props.anchor}
      items={[
        ...interpreters.map((choice, index) => ({
          label: choice.label,
          key: String(index + 1),
          checked: choice.name === props.paragraph.interpreter(),
          do: () => {
            notebook.perform({ interpreter: choice.name }, id);
            notebook.focus.edit(id, 'start');
          },
        })),
        { label: formWords.item, do: () => notebook.perform({ command: 'forms' }) },
      ]}
      onClose={props.onClose}
      onOther={(letter) => {
        edits.replace(notebook, id, 0, 0, `/${letter}`);
        notebook.focus.edit(id, 'end');
      }}
    />
  );
}
