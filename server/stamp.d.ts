type What = 'all' | 'programs';
export function stampFile(root: string, what?: What): string;
export function foldersFile(root: string): string;
export function stampOf(root: string): string;
export function foldersOf(root: string): string;
export function isFresh(root: string, what?: What): boolean;
export function looksFresh(root: string, what?: What): boolean;
