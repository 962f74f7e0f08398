/** What is selected in one chart and followed by others. */
import { counted } from './numbers.ts';

export const linked = {
  follow: 'Follow',
  followHint: 'Show only what is selected in other charts',
  following: 'Shows only what is selected in other charts',
  filtered: 'Filtered by',
  in: (title: string) => `in ${title}`,
  clear: (said: string) => `Clear the selection: ${said}`,
  /** Of a result that can't follow a selection. */
  apart: (column: string) => `not filtered, no such column here: ${column}`,
  modes: 'What dragging and clicking do',
  zoom: 'Zoom',
  select: 'Select',
  zoomHint: 'Dragging zooms; a click on a colour hides it',
  selectHint: 'Dragging, or a click on a place or a colour, selects: results that follow show only that',
  legendHint: 'Click selects; Shift or Ctrl adds',
  selected: (said: string) => `Selected ${said}`,
  cleared: 'Selection cleared',
  followed: (count: number) =>
    count === 0 ? 'nothing follows' : `${counted(count, 'result follows', 'results follow')}`,
  clearIt: 'Clear',
  cannot: 'This can’t be selected',
  range: (column: string, from: string, to: string) => `${column} ${from} – ${to}`,
  one: (column: string, value: string) => `${column} ${value}`,
  some: (column: string, named: string, more: number) => `${column} ${named}${more > 0 ? ` +${more}` : ''}`,
  keys: 'Space selects a place, Shift with arrows a stretch, Escape clears.',
};
