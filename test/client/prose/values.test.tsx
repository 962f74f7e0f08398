/** R9: hostile values of forms in prose are text that is shown, and make nothing of the page. */
import { afterAll, expect, it } from 'vitest';
import { createRenderer } from '../../../client/prose/markdown.ts';
import { fillProse } from '../../../server/protocol/forms/prose.ts';
import type { Form } from '../../../server/protocol/forms.ts';
import { hostileValues } from '../../fixtures/hostile-values.ts';
import { keepHeld } from '../../reliability/record.ts';

const render = createRenderer();
const form: Form = { name: 'q', type: 'text', default: '' };
let held = 0;
afterAll(() => {
  if (held === hostileValues.length) keepHeld({ figure: 'R9', part: 'prose', held: { Markdown: held } });
});

function shown(markdown: string, value: string): HTMLElement {
  const page = document.createElement('div');
  page.innerHTML = render(fillProse(markdown, [form], new Map([['q', value]]))).html;
  return page;
}
/** What lines and blanks a browser joins. */
const joined = (text: string): string => text.replaceAll(/[ \t\r\n\f]+/g, ' ').trim();

it('shows each as the text that it is', () => {
  for (const { value } of hostileValues) {
    const page = shown('a <${q}> [${q}](https://example.org) z', value);
    const elements = [...page.querySelectorAll('*')].map((one) => one.tagName);
    expect(elements, value.slice(0, 80)).toEqual(['P', 'A']);
    // Markdown has no NUL, and a lone line end is one.
    expect(joined(page.textContent ?? ''), value.slice(0, 80)).toBe(joined(`a <${value}> ${value} z`));
    held += 1;
  }
});

it('takes the same for what it says where it is written', () => {
  expect(shown('[x](https://example.org) **b**', '').querySelectorAll('a, strong').length).toBe(2);
  expect(shown('# a ${q}', 'b').querySelector('h1')?.textContent).toBe('a b');
});
