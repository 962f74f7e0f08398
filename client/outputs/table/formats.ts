/** Values as a viewer wants to read them. What a format does not fit is shown as it is. */
import type { ColumnFormat } from '../../../server/protocol/table/settings.ts';
import { koreanDay } from '../korean.ts';
import { type Tongue, tongue } from '../tongue.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'] as const;

export function formatted(text: string, format: ColumnFormat, how: Tongue = tongue()): string {
  switch (format) {
    case 'percent':
      return percentText(text);
    case 'bytes':
      return bytesText(text);
    case 'date':
      return (how === 'ko' ? koreanDay(text) : undefined) ?? /^-?\d{4,}-\d{2}-\d{2}/.exec(text)?.[0] ?? text;
    case 'number':
    case 'plain':
    case 'link':
      return text;
  }
}

/** Two figures more than nothing: 0.123 → 12.3 %, by moving the point, so that no figure is lost. */
function percentText(text: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!parts) return text;
  const [, sign = '', whole = '', rest = ''] = parts;
  const moved = `${whole}${rest.padEnd(2, '0').slice(0, 2)}`.replace(/^0+(?=\d)/, '');
  const fraction = rest.slice(2).replace(/0+$/, '');
  return `${sign}${moved}${fraction === '' ? '' : `.${fraction}`} %`;
}

function bytesText(text: string): string {
  const bytes = Number(text);
  if (!/^-?\d/.test(text) || !Number.isFinite(bytes)) return text;
  const power = Math.min(UNITS.length - 1, bytes === 0 ? 0 : Math.max(0, Math.floor(Math.log2(Math.abs(bytes)) / 10)));
  const value = bytes / 1024 ** power;
  return `${power === 0 || Math.abs(value) >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[power]!}`;
}

/** Only what a browser may safely open. */
export function addressOf(text: string): string | undefined {
  if (!/^(https?:\/\/|mailto:)\S+$/i.test(text)) return undefined;
  return URL.canParse(text) ? text : undefined;
}
