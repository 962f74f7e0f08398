/** Formulas, loaded with the first one that is shown. */
import katex from 'katex';
import 'katex/dist/katex.min.css';

/** Fills the elements that `math.ts` made. TeX that cannot be read stays as it is written, its fault in the tooltip. */
export function typeset(host: HTMLElement): void {
  for (const element of host.querySelectorAll<HTMLElement>('.math')) {
    const tex = element.textContent ?? '';
    try {
      element.innerHTML = katex.renderToString(tex, {
        displayMode: element.classList.contains('math-display'),
        throwOnError: true,
        // No command of TeX may name an address, a class or an id; sizes and macros cannot fill the page or the CPU.
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
