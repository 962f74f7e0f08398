/** Words of downloads: they come with the menu, or with the first one. */
import { figure } from './numbers.ts';

export const downloads = {
  formats: {
    csv: 'CSV',
    tsv: 'TSV',
    xlsx: 'Excel (XLSX)',
    parquet: 'Parquet',
    arrow: 'Arrow',
    json: 'JSON',
    jsonl: 'JSON lines',
  },
  other: 'CSV with…',
  otherLabel: 'How the CSV is written',
  separator: 'Separator',
  separators: { ',': 'comma', ';': 'semicolon', '\t': 'tab', '|': 'vertical bar' },
  mark: 'Byte order mark, by which Excel knows UTF-8',
  guard: 'An apostrophe before texts like formulas',
  download: 'Download',
  preparing: (format: string, percent: number) => `${format} ${figure(percent)} %`,
  preparingLabel: (format: string) => `Preparing ${format}`,
  cancel: (format: string) => `Cancel ${format}`,
  ready: (format: string, size: string) => `${format} saved · ${size}`,
  again: 'Save it once more',
  dismiss: 'Done',
  failed: (format: string, message: string) => `${format} was not made: ${message}`,
  direct: 'Download as it is made',
  directly: 'Without progress, and to be begun anew where it breaks off',
  unreachable: 'the server does not answer',
} as const;
