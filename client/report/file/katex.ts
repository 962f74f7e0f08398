/** Formulas in a file: as MathML, which browsers draw with the fonts they have. */
import katex from 'katex';

export function typeset(host: HTMLElement): void {
  for (const element of host.querySelectorAll<HTMLElement>('.math')) {
    const tex = element.textContent ?? '';
    try {
      element.innerHTML = katex.renderToString(tex, {
        displayMode: element.classList.contains('math-display'),
        output: 'mathml',
        throwOnError: true,
        // As on the page: no command of TeX may name an address, a class or an id, nor fill the page.
        trust: false,
        strict: 'ignore',
        maxSize: 20,
        maxExpand: 200,
      });
    } catch (error) {
      element.textContent = tex;
      element.title = error instanceof Error ? error.message : String(error);
      element.classList.add('math-fault');
    }
    element.classList.remove('math');
  }
}
