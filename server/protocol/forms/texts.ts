/** Days and numbers as people and addresses write them. */
import type { Choice } from '../forms.ts';

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;

/** A day that there is, from year 1 to 9999. */
export function isDay(text: string): boolean {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year === undefined || Number(year) === 0) return false;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}

/** As it is printed: `5`, `-0.25`; neither `05` nor `1e3`. */
export function numberOfText(text: string): number | undefined {
  const number = Number(text);
  return text !== '' && Number.isFinite(number) && String(number) === text ? number : undefined;
}

export const choiceOfText = (text: string): Choice => numberOfText(text) ?? text;
