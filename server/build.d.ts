export function ensureBuilt(
  root?: string,
  options?: { report?: (line: string) => void; what?: 'all' | 'programs' },
): Promise<boolean>;
export function buildPrograms(root: string): Promise<void>;
