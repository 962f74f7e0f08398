import { createMemo, createSignal, type JSX, Show } from 'solid-js';
import { fillProse } from '../../server/protocol/forms/prose.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { EditorCommand } from '../editor/contract.ts';
import { Source } from '../editor/Source.tsx';
import { Prose } from '../prose/Prose.tsx';
import { toggled } from '../prose/tasks.ts';
import { folderOf } from '../route.ts';
import { words } from '../words/en.ts';
import { Away } from './Away.tsx';
import { useNotebook } from './context.ts';
import type { ParagraphView } from './document.ts';
import * as edits from './edits.ts';
import { Forms } from './Forms.tsx';
import { InsertMenu } from './InsertMenu.tsx';

/** A paragraph of prose: it reads as text until one writes in it. */
export function Text(props: {
  readonly paragraph: ParagraphView;
  readonly onEditor: (id: ParagraphId, command: EditorCommand) => void;
}): JSX.Element {
  const notebook = useNotebook();
  const { focus } = notebook;
  const id = props.paragraph.id;
  const [choosing, setChoosing] = createSignal(false);
  let box!: HTMLDivElement;
  const edit = (): void => {
    if (notebook.writable()) focus.edit(id, 'end');
  };
  const toggle = (line: number): void => {
    const box = toggled(props.paragraph.source(), line);
    if (box) edits.replace(notebook, id, box.offset, 1, box.mark);
  };
  const caret = createMemo(() => {
    const now = focus.focus();
    return now.mode === 'edit' && now.at === id ? now.caret : undefined;
  });
  const filled = createMemo(() => {
    const source = props.paragraph.source();
    const { forms, values } = notebook.forms.view;
    return source.includes('${') ? fillProse(source, forms(), values()) : source;
  });
  const empty = createMemo(() => props.paragraph.source().trim() === '');
  return (
    <>
      <div class="gutter" />
      <div class="content" ref={box}>
        <Away paragraph={id} />
        <Show
          when={focus.isEditing(id)}
          fallback={
            <Show
              when={!empty()}
              fallback={
                <button type="button" class="text-empty" onClick={edit}>
                  {words.paragraph.emptyText}
                </button>
              }
            >
              <Prose
                source={filled()}
                folder={folderOf(notebook.path())}
                onEdit={edit}
                {...(notebook.writable() ? { onTask: toggle } : {})}
              />
            </Show>
          }
        >
          <div class="text-source">
            <Source
              live={notebook.live}
              analyst={notebook.analyst}
              paragraph={id}
              interpreter={props.paragraph.interpreter()}
              editing={true}
              {...(caret() === undefined ? {} : { caret: caret()! })}
              errors={[]}
              placeholder={words.placeholders.markdown}
              onCommand={(command) =>
                command.type === 'insert-menu' ? setChoosing(true) : props.onEditor(id, command)
              }
              onFocus={() => focus.edit(id)}
            />
          </div>
        </Show>
        <Forms paragraph={id} />
        <Show when={choosing()}>
          <InsertMenu anchor={box} paragraph={props.paragraph} onClose={() => setChoosing(false)} />
        </Show>
      </div>
    </>
  );
}
