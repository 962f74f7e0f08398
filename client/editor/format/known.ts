/** Languages whose paragraphs can be laid out. */
export const isFormattable = (interpreter: string): boolean => /^(sql|typescript|vega-lite)$/.test(interpreter);
