/** What the server itself says to people beside its errors (`errors.ts`) and its own pages (`http/words.ts`). */
export const words = {
  /** Where a source is hidden, of whatever went wrong. */
  paragraphFailed: (reference: string): string => `This paragraph failed (reference ${reference}).`,
  /** Of a chart in Vega-Lite where its source is hidden. */
  ownCode: 'This chart is its own code, which is not shown.',
  /** To whoever runs in a session of their own, where a name or table is missing. */
  fromTheTop:
    'Your own session has the notebook’s named results, and what you ran in it. Run the notebook from the top.',
} as const;
