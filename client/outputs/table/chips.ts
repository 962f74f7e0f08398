/** A filter in a few words. */
import type { Filter } from '../../../server/protocol/table/narrow.ts';
import { outputs } from '../../words/outputs.ts';
import { group } from './numbers.ts';

const words = outputs.table.filter;

/** Values named in a chip. */
const NAMED = 3;

export function chipText(filter: Filter): string {
  const { column } = filter;
  switch (filter.is) {
    case 'range': {
      const [from, to] = [filter.from, filter.to].map((end) => end && group(end));
      if (from && to) return words.between(column, from, to, filter.below === true);
      return from ? words.atLeast(column, from) : words.atMost(column, to ?? '', filter.below === true);
    }
    case 'contains':
    case 'equals':
    case 'starts':
      return words[filter.is](column, filter.text);
    case 'among': {
      const named = filter.values.slice(0, NAMED).map((value) => value ?? 'null');
      return words.among(column, named.join(', '), filter.values.length - named.length);
    }
    case 'null':
      return words.isNull(column);
    case 'present':
      return words.isPresent(column);
  }
}
