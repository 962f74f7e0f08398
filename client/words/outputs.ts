/** Words of editors and outputs. Typed keys: another language has the same shape. */
export const outputs = {
  lineColumn: (line: number, column: number) => `line ${line}, column ${column}`,
} as const;
