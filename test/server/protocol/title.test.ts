import { describe, expect, it } from 'vitest';
import { effectiveTitle, fileTitle, firstHeading } from '../../../server/protocol/title.ts';

const prose = (source: string) => ({ interpreter: 'markdown', source });

describe('the title', () => {
  it('is what was set, else the first heading, else the file name', () => {
    const parts = [{ interpreter: 'sql', source: '# comment' }, prose('Text\n\n## Delays')];
    expect(effectiveTitle('Set', parts, 'a/x.nb.md')).toBe('Set');
    expect(effectiveTitle(' ', parts, 'a/x.nb.md')).toBe('Delays');
    expect(effectiveTitle(undefined, [], 'a/매출 2024.nb.md')).toBe('매출 2024');
    expect(fileTitle('plain.md')).toBe('plain.md');
    expect(['untitled', 'a/untitled-3', 'untitled_12'].map((name) => fileTitle(`${name}.nb.md`))).toEqual([
      'Untitled',
      'Untitled 3',
      'Untitled 12',
    ]);
    expect(['untitled-x', 'my-untitled-3'].map((name) => fileTitle(`${name}.nb.md`))).toEqual([
      'untitled-x',
      'my-untitled-3',
    ]);
  });

  it('is read of every form of heading, without its marks', () => {
    const headings: Record<string, string | undefined> = {
      '# One': 'One',
      '  ### Two ##': 'Two',
      'Three\n===': 'Three',
      'Four\n---': 'Four',
      '# **Bold** and `code` in [a link](http://x) ![pic](y)': 'Bold and code in a link pic',
      '# snake_case_name': 'snake_case_name',
      '#\n\n# Next': 'Next',
      '#hash': undefined,
      '```\n# fenced\n```\n# After': 'After',
      '~~~~\n```\n# fenced\n~~~\n~~~~\n# After': 'After',
      '    # indented': undefined,
      '- item\n---': undefined,
      '\n---\n': undefined,
    };
    for (const [source, title] of Object.entries(headings))
      expect([source, firstHeading([prose(source)])]).toEqual([source, title]);
  });
});
