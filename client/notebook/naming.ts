/** A table or file as a paragraph of each language takes it, for the caret of whoever clicks its name. */
import type { SessionTable } from '../../server/protocol/messages.ts';
import { inQuery } from './upload.ts';

export type Named = Pick<SessionTable, 'name' | 'source'>;

/** Undefined where nothing of the kind can be written. */
export function nameIn(interpreter: string, table: Named): string | undefined {
  const { name, source } = table;
  switch (interpreter) {
    case 'sql':
      return inQuery(table);
    case 'typescript':
      return `table('${name.replace(/[\\']/g, '\\$&')}')`;
    case 'shell': {
      const path = source === 'file' ? name : `tables/${name}.parquet`;
      return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
    }
    case 'vega-lite':
      return JSON.stringify(name);
    default:
      return undefined;
  }
}
