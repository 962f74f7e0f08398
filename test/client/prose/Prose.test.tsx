import { render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { describe, expect, it, vi } from 'vitest';
import { Prose } from '../../../client/prose/Prose.tsx';
import { toggled } from '../../../client/prose/tasks.ts';

describe('prose', () => {
  it('follows its source', () => {
    const [source, setSource] = createSignal('# One');
    const { container } = render(() => <Prose source={source()} />);
    expect(container.querySelector('h1')?.textContent).toBe('One');
    setSource('# Two');
    expect(container.querySelector('h1')?.textContent).toBe('Two');
  });

  it('sets its formulas with KaTeX', async () => {
    const { container } = render(() => (
      <Prose source={'$x^2$ and $\\notacommand{1}$ and $\\href{javascript:alert(1)}{x}$'} />
    ));
    await vi.waitFor(() => expect(container.querySelector('.katex')).not.toBeNull(), { timeout: 10_000 });
    expect(container.querySelector('.math-fault')?.textContent).toBe('\\notacommand{1}');
    expect(container.querySelector('a')).toBeNull();
    expect(container.innerHTML).not.toMatch(/href="javascript/);
  });

  it('asks to be edited by a double click, not by a link', () => {
    const onEdit = vi.fn();
    const { container } = render(() => <Prose source="text [link](#x)" onEdit={onEdit} />);
    container.querySelector('a')!.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
    expect(onEdit).not.toHaveBeenCalled();
    container.querySelector('p')!.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }));
    expect(onEdit).toHaveBeenCalledTimes(1);
  });

  it('says which task was clicked, where tasks can be', () => {
    const onTask = vi.fn();
    const [isOpen, setOpen] = createSignal(false);
    const source = '# Plan\n\n- [ ] one\n  1. [x] **two**\n';
    const { container } = render(() => <Prose source={source} {...(isOpen() ? { onTask } : {})} />);
    const boxes = () => [...container.querySelectorAll<HTMLInputElement>('input')];
    expect(boxes().map((box) => box.disabled)).toEqual([true, true]);
    setOpen(true);
    expect(boxes().map((box) => [box.disabled, box.checked, box.getAttribute('aria-label')])).toEqual([
      [false, false, 'one'],
      [false, true, 'two'],
    ]);
    for (const box of boxes()) box.click();
    expect(onTask.mock.calls).toEqual([[2], [3]]);
    expect(toggled(source, 2)).toEqual({ offset: 11, mark: 'x' });
    expect(toggled(source, 3)).toEqual({ offset: 24, mark: ' ' });
    expect(toggled(source, 0)).toBeUndefined();
  });

  it('brings a language for a fence that needs it', async () => {
    const { container } = render(() => <Prose source={'```python\ndef f(): pass\n```'} />);
    await vi.waitFor(() => expect(container.querySelector('.hljs-keyword')?.textContent).toBe('def'), {
      timeout: 10_000,
    });
  });
});
