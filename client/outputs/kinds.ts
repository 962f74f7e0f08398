/** An output as one of its kind; undefined where it is of another. For `Match`, which tells its children what it found. */
export const ofKind = <O extends { readonly kind: string }, K extends O['kind']>(
  output: O,
  kind: K,
): Extract<O, { readonly kind: K }> | undefined => (isOf(output, kind) ? output : undefined);

const isOf = <O extends { readonly kind: string }, K extends O['kind']>(
  output: O,
  kind: K,
): output is Extract<O, { readonly kind: K }> => output.kind === kind;
