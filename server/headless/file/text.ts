/** The notebook that shows one file: pure. */
import { tableName } from './names.ts';

/** `name` is the file's in `data/`, `source` where it was copied from. */
export function notebookText(name: string, source: string): string {
  const table = tableName(name);
  const code = (text: string): string => {
    const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
    const ticks = '`'.repeat(longest + 1);
    return longest === 0 ? `${ticks}${text}${ticks}` : `${ticks} ${text} ${ticks}`;
  };
  return `---
title: ${JSON.stringify(name)}
---

A copy of ${code(source)}. To bring it up to date, call \`gondola\` with that file again.

\`\`\`sql id=rows name=${table}
from 'data/${name.replaceAll("'", "''")}'
\`\`\`

What its columns hold:

\`\`\`sql id=columns
summarize ${table}
\`\`\`
`;
}
