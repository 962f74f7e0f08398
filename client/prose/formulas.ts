/** Typesets the elements that `math.ts` made, on the page and in a file. TeX that cannot be read stays as it is written, its fault in the tooltip. */
import katex from 'katex';

export function typesetAs(host: HTMLElement, output: 'htmlAndMathml' | 'mathml'): void {
  for (const element of host.querySelectorAll<HTMLElement>('.math')) {
    const tex = element.textContent ?? '';
    try {
      element.innerHTML = katex.renderToString(tex, {
        displayMode: element.classList.contains('math-display'),
        output,
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
