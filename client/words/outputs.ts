/** Words of editors and outputs. Typed keys: another language has the same shape. */
/** `3,000,000`, of whole numbers. Not by Intl, whose first use takes 30 ms. */
const figure = (value: number): string => String(value).replace(/\B(?=(\d{3})+$)/g, ',');
const counted = (value: number, one: string, many: string): string => `${figure(value)} ${value === 1 ? one : many}`;

export const outputs = {
  figure,
  lineColumn: (line: number, column: number) => `line ${line}, column ${column}`,
  code: 'Code',
  prose: 'Text',
  copy: 'Copy',

  text: {
    showAll: (lines: number) => `Show all ${counted(lines, 'line', 'lines')}`,
    showWhole: 'Show all of it',
    showLess: 'Show less',
    failed: 'The rest could not be fetched. Try again when the connection is back.',
    omitted: (characters: number) => `${counted(characters, 'more character was', 'more characters were')} not kept`,
    stderr: 'Messages (stderr)',
    stdout: 'Text',
    value: 'Value',
  },

  error: {
    label: 'Error',
    fix: (replacement: string) => `Change to ${replacement}`,
    remove: 'Remove it',
    detail: 'Details',
  },

  made: {
    image: 'Picture without a description',
    html: 'Output of code',
    chart: 'Chart',
    fetching: 'The rest of this output could not be fetched. Try again when the connection is back.',
    waiting: 'The chart waits for its rows…',
    empty: 'The chart has no data: its rows were removed to stay within the budget.',
    large: (name: string, rows: number, most: number) =>
      `${name} has ${figure(rows)} rows; a chart takes ${figure(most)}.`,
    heavy: (name: string, megabytes: number) =>
      `The rows of ${name} are more than the ${figure(megabytes)} MB that a chart takes.`,
    largeHint: 'Aggregate or sample first, or use Chart on the table.',
    rows: (message: string) => `The rows of the chart could not be fetched: ${message}`,
    broken: (type: string) => `The picture can’t be read as ${type}`,
    bad: 'The chart can’t be drawn',
    stuck: 'It did not answer, so it was stopped.',
    stuckHint: 'It may loop, or hold too much at once: aggregate or sample first.',
    left: 'It tried to go to another page, so it was removed.',
    links: 'This output links to',
    close: 'Close',
    download: (format: string) => `Save as ${format}`,
  },

  table: {
    label: (name: string | undefined) => (name ? `Table ${name}` : 'Table'),
    size: (rows: number, columns: number) => `${counted(rows, 'row', 'rows')} × ${figure(columns)}`,
    soFar: (rows: number, columns: number) => `${counted(rows, 'row', 'rows')} × ${figure(columns)} so far`,
    noColumns: 'The result has no columns',
    at: (row: number) => `row ${figure(row)}`,
    of: (row: number, rows: number) => `${figure(row)} of ${figure(rows)}`,
    picked: (rows: number, columns: number) => `${figure(rows)} × ${figure(columns)} selected`,
    seconds: (seconds: string) => `${seconds} s`,
    downloadAs: (format: string) => `Download all rows as ${format}`,
    more: 'More formats',
    formats: { csv: 'CSV', tsv: 'TSV', parquet: 'Parquet', json: 'JSON', arrow: 'Arrow' },
    valueOf: (column: string, row: number) => `${column}, row ${figure(row)}`,
    dropped: 'The rows were removed to stay within the budget',
    runAgain: 'Run again',
    retry: 'Try again',
    failed: 'The rows could not be fetched',
    unreachable: 'The server does not answer.',
    sorting: (percent: number) => `Sorting… ${percent} %`,
    copied: (rows: number, columns: number) => `Copied ${figure(rows)} × ${figure(columns)}`,
    fetching: 'Fetching the rows to copy…',
    copyReady: 'Ready: press copy again',
    copyTooLarge: (cells: number, most: number) =>
      `${figure(cells)} values are too many for the clipboard (at most ${figure(most)}): download instead`,
    copyFailed: (message: string) => `Not copied: ${message}`,
  },
} as const;
