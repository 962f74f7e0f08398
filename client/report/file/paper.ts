/** A file that is for paper says when all of it is drawn, and asks to be printed where somebody is there to be asked. */

/** What is still being drawn: frames that have not answered, charts that wait for their picture. */
const UNDRAWN = '.chart-frame:not(:has(.chart-picture, .chart-note)), .framed:not(:has(iframe:not(.coming)))';
/** A chart that is not there by then is printed without. */
const MOST_MS = 20_000;
const LOOK_MS = 50;

/** `data-drawn` on the root tells whoever prints it without a person. */
export async function printWhenDrawn(main: HTMLElement, paper: 'ask' | 'given' | undefined): Promise<void> {
  // On a screen what is far away is drawn when somebody comes near.
  if (paper === undefined) return;
  const until = performance.now() + MOST_MS;
  await new Promise<void>((resolve) => {
    const look = (): void => {
      if (main.querySelector(UNDRAWN) === null || performance.now() > until) resolve();
      else setTimeout(look, LOOK_MS);
    };
    look();
  });
  document.documentElement.dataset.drawn = 'true';
  if (paper === 'ask') window.print();
}
