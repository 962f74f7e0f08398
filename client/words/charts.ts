/** Why a chart that somebody wrote can't be drawn. Apart from other words, as the painter carries them into its frame. */
export const charts = {
  noObject: 'The spec is no object.',
  vega: 'This is a Vega spec. Charts are written in Vega-Lite.',
  nothing: 'The spec draws nothing: it has no "mark" (nor "layer", "concat", "facet" or "repeat").',
  mark: (name: string, marks: readonly string[]) => `There is no mark "${name}". Marks are ${marks.join(', ')}.`,
  reserved: (name: string) =>
    `A field called "${name}" can’t be drawn: every row has something by that name. Give it another.`,
  unknown: { view: (name: string) => `a spec has no "${name}"`, mark: (name: string) => `a mark has no "${name}"` },
  much: (what: string, most: number) =>
    `The chart would make more than the ${most.toLocaleString('en-US')} ${what} that one may. Ask for fewer steps, or aggregate first.`,
  kinds: {
    rows: 'rows and marks',
    items: 'elements of lists',
    letters: 'letters of texts',
    ticks: 'ticks, bins or colours',
    pixels: 'pixels',
  },
  foreign: (address: string) => `A chart loads nothing: the data at ${address} has to come from a table.`,
};
