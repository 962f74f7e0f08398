import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../../../client/outputs/table/Problem.tsx';

afterEach(cleanup);

const shown = (code: string, onRunAgain?: () => void) => {
  const onRetry = vi.fn();
  render(() => <Problem failure={{ code, message: 'What came.' }} onRetry={onRetry} onRunAgain={onRunAgain} />);
  return onRetry;
};

describe('rows that could not be had', () => {
  it.each([
    ['source-changed', 'The file of this table was written into since'],
    ['result-gone', 'The rows were removed to stay within the budget'],
  ])('after %s are brought by another run', (code, title) => {
    const again = vi.fn();
    const retry = shown(code, again);
    expect(screen.getByRole('alert').textContent).toBe(`${title}Run again`);
    fireEvent.click(screen.getByRole('button', { name: 'Run again' }));
    expect([again.mock.calls.length, retry.mock.calls.length]).toEqual([1, 0]);
  });

  it('say what changed to who may not run', () => {
    const retry = shown('source-changed');
    expect(screen.getByRole('alert').textContent).toBe(
      'The file of this table was written into sinceWhat came.Try again',
    );
    fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
    expect(retry).toHaveBeenCalledOnce();
  });
});
