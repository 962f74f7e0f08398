import { render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { describe, expect, it, vi } from 'vitest';
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import type { EditorCommand } from '../../../client/editor/contract.ts';
import { encodePlace } from '../../../client/editor/presence.ts';
import { Source } from '../../../client/editor/Source.tsx';
import type { LiveNotebook } from '../../../client/live/contract.ts';
import { insertParagraph, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { ErrorOutput } from '../../../server/protocol/outputs.ts';

const id = 'p1' as ParagraphId;
const silent = { ask: async () => undefined, onChange: () => () => {}, close: () => {} };

function setUp(source: string, interpreter = 'sql') {
  const doc = new Y.Doc();
  const origin = {};
  insertParagraph(doc, { id, interpreter, source, options: {} }, undefined, origin);
  const text = sourceOf(doc, id)!;
  const awareness = new Awareness(doc);
  const present = vi.fn();
  const live = {
    doc,
    awareness,
    origin,
    undo: new Y.UndoManager(text, { trackedOrigins: new Set([origin]) }),
    present,
    complete: async () => [],
    check: async () => undefined,
    on: () => () => undefined,
  } as unknown as LiveNotebook;
  const [editing, setEditing] = createSignal(false);
  const [errors, setErrors] = createSignal<readonly ErrorOutput[]>([]);
  const commands: EditorCommand[] = [];
  const onFocus = vi.fn();
  const view = render(() => (
    <Source
      live={live}
      analyst={silent}
      paragraph={id}
      interpreter={interpreter}
      editing={editing()}
      caret="end"
      errors={errors()}
      placeholder="Write"
      onCommand={(command) => commands.push(command)}
      onFocus={onFocus}
    />
  ));
  const host = view.container.querySelector<HTMLElement>('.source')!;
  const field = view.container.querySelector('textarea')!;
  const type = (insert: string) => {
    const at = field.selectionStart;
    field.value = field.value.slice(0, at) + insert + field.value.slice(field.selectionEnd);
    field.setSelectionRange(at + insert.length, at + insert.length);
    field.dispatchEvent(new Event('input'));
  };
  const press = (key: string, more: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
    field.dispatchEvent(event);
    return event;
  };
  return { ...view, doc, text, awareness, present, host, field, type, press, commands, onFocus, setEditing, setErrors };
}

describe('a source', () => {
  it('shows its text in colour without any editor', () => {
    const { container } = setUp('select 1');
    expect(container.querySelector('pre .code-keyword')?.textContent).toBe('select');
    expect(container.querySelector('.monaco-editor')).toBeNull();
  });

  it('takes the caret when it is to be edited, and gives it back', () => {
    const { field, setEditing, onFocus } = setUp('select 1');
    setEditing(true);
    expect(document.activeElement).toBe(field);
    expect(field.selectionStart).toBe(8);
    expect(onFocus).toHaveBeenCalled();
    setEditing(false);
    expect(document.activeElement).not.toBe(field);
  });

  it('puts a typed character into the document and on the page at once', () => {
    const { text, type, setEditing, container } = setUp('select 1');
    setEditing(true);
    type('2');
    expect(text.toString()).toBe('select 12');
    expect(container.querySelector('pre')!.textContent).toBe('select 12\n');
  });

  it('shows what others write, and keeps the caret', () => {
    const { text, field, setEditing, container } = setUp('select 1');
    setEditing(true);
    text.insert(0, '-- why\n');
    expect(container.querySelector('pre')!.textContent).toBe('-- why\nselect 1\n');
    expect(field.selectionStart).toBe(15);
  });

  it('hands its keys to the notebook before acting on them', () => {
    const { press, commands, setEditing, text } = setUp('select 1');
    setEditing(true);
    expect(press('Enter', { shiftKey: true }).defaultPrevented).toBe(true);
    expect(press('Enter').defaultPrevented).toBe(false);
    press('z', { ctrlKey: true });
    press('Escape');
    expect(commands).toEqual([{ type: 'run-and-advance' }, { type: 'undo' }, { type: 'leave' }]);
    expect(text.toString()).toBe('select 1');
  });

  it('leaves keys alone while a syllable is composed', () => {
    const { press, commands, setEditing } = setUp('한');
    setEditing(true);
    press('Enter', { shiftKey: true, isComposing: true });
    press('Escape', { isComposing: true });
    expect(commands).toEqual([]);
  });

  it('indents by Tab and back by Shift+Tab', () => {
    const { press, text, field, setEditing } = setUp('a\nb');
    setEditing(true);
    field.setSelectionRange(0, 3);
    press('Tab');
    expect(text.toString()).toBe('  a\n  b');
    press('Tab', { shiftKey: true });
    expect(text.toString()).toBe('a\nb');
  });

  it('comments the line by Ctrl+/ before Monaco is there, in the language of the paragraph', () => {
    for (const [interpreter, commented] of [
      ['sql', '-- ab'],
      ['typescript', '// ab'],
      ['shell', '# ab'],
    ] as const) {
      const { press, text, field, setEditing } = setUp('ab', interpreter);
      setEditing(true);
      field.setSelectionRange(1, 1);
      press('/', { ctrlKey: true, code: 'Slash' });
      expect(text.toString()).toBe(commented);
      expect(field.selectionStart).toBe(commented.length - 1);
      press('/', { ctrlKey: true, code: 'Slash' });
      expect(text.toString()).toBe('ab');
    }
  });

  it('shows where others are, with name and colour', () => {
    const { text, awareness, container } = setUp('hello world');
    const state = { person: { id: 'x', name: '게스트' }, color: 1, paragraph: id, head: encodePlace(text, 5) };
    awareness.states.set(77, state);
    awareness.emit('change', [{ added: [77], updated: [], removed: [] }, 'test']);
    const caret = container.querySelector<HTMLElement>('.remote-caret')!;
    expect(caret.dataset.name).toBe('게스트');
    expect(caret.style.getPropertyValue('--who')).toBe('var(--person-1)');
    awareness.states.delete(77);
    awareness.emit('change', [{ added: [], updated: [], removed: [77] }, 'test']);
    expect(container.querySelector('.remote-caret')).toBeNull();
  });

  it('says where one is oneself', () => {
    const { present, setEditing } = setUp('hello');
    setEditing(true);
    expect(present).toHaveBeenCalledWith(expect.objectContaining({ paragraph: id, head: expect.any(String) }));
  });

  it('shows its placeholder while it is empty', () => {
    const { host, text } = setUp('');
    expect(host.hasAttribute('data-empty')).toBe(true);
    expect(host.dataset.placeholder).toBe('Write');
    text.insert(0, 'x');
    expect(host.hasAttribute('data-empty')).toBe(false);
  });

  it('shows the beginning of a text of ten megabytes, and all of it stays in the document', () => {
    const { container, text } = setUp('select 1;\n'.repeat(1_000_000));
    expect(container.querySelector('pre')!.textContent!.length).toBeLessThan(10_000);
    expect(text.length).toBe(10_000_000);
  });

  it('writes nothing more once it is gone', () => {
    const { unmount, text, field } = setUp('a');
    unmount();
    field.value = 'b';
    field.dispatchEvent(new Event('input'));
    text.insert(0, 'c');
    expect(text.toString()).toBe('ca');
  });
});
