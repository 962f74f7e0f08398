export function ensureBuilt(root?: string, options?: { report?: (line: string) => void }): Promise<boolean>;
export function buildPrograms(root: string): Promise<void>;
