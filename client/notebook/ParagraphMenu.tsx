import type { JSX } from 'solid-js';
import { Menu, type MenuItem } from '../parts/Menu.tsx';
import { words } from '../words/en.ts';
import { useNotebook } from './context.ts';
import type { ParagraphView } from './document.ts';
import { canBeNamed, interpreters, runs } from './interpreters.ts';
import { type Command, keyHint } from './keys.ts';

/** What can be done with one paragraph; or only what it can be turned into. */
export function ParagraphMenu(props: {
  readonly paragraph: ParagraphView;
  readonly anchor: Element;
  readonly only: 'all' | 'interpreters';
  readonly onClose: () => void;
}): JSX.Element {
  const notebook = useNotebook();
  const item = (command: Command, more: { danger?: boolean; label?: string } = {}): MenuItem => ({
    label: more.label ?? words.commands[command],
    key: keyHint(command, notebook.app.mac),
    danger: more.danger === true,
    do: () => notebook.perform({ command }, props.paragraph.id),
  });
  const kinds = (): MenuItem[] =>
    interpreters.map((choice, index) => ({
      label: choice.label,
      key: String(index + 1),
      checked: choice.name === props.paragraph.interpreter(),
      do: () => notebook.perform({ interpreter: choice.name }, props.paragraph.id),
    }));
  const code = (): boolean => runs(props.paragraph.interpreter());
  const items = (): MenuItem[] => {
    if (props.only === 'interpreters') return kinds();
    const list: MenuItem[] = [];
    if (code() && notebook.runnable())
      list.push(item('run'), item('run-needs'), item('run-above'), item('run-below'), 'rule');
    if (notebook.writable()) {
      list.push({ heading: words.paragraph.interpreter }, ...kinds(), 'rule');
      if (canBeNamed(props.paragraph.interpreter())) list.push(item('name'));
      list.push(item('insert-above'), item('insert-below'), item('move-up'), item('move-down'), item('duplicate'));
    }
    if (code()) {
      list.push(
        item('runs'),
        item('widen', { label: notebook.isWide(props.paragraph.id) ? words.paragraph.narrow : words.paragraph.widen }),
      );
    }
    list.push(item('copy-link'));
    if (notebook.role() === 'owner') list.push(item('embed'));
    if (notebook.writable()) list.push('rule', item('delete', { danger: true }));
    return list;
  };
  return <Menu label={words.paragraph.menu} anchor={props.anchor} items={items()} onClose={props.onClose} />;
}
