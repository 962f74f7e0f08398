import { render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { describe, expect, it, vi } from 'vitest';
import { Prose } from '../../../client/prose/Prose.tsx';

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

  it('brings a language for a fence that needs it', async () => {
    const { container } = render(() => <Prose source={'```python\ndef f(): pass\n```'} />);
    await vi.waitFor(() => expect(container.querySelector('.hljs-keyword')?.textContent).toBe('def'), {
      timeout: 10_000,
    });
  });
});
