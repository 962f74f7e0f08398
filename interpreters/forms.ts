/**
 * The values of a notebook's forms as a run brings them: typed, so that each language can make of a day a day. The server
 * checked them against the forms as they were declared when the run was asked for. Data everywhere; only a choice among
 * options that the author wrote (`written`) may stand as code.
 */
export type FormInput =
  | { readonly type: 'text' | 'password'; readonly value: string }
  | { readonly type: 'number' | 'slider'; readonly value: number | null }
  /** ISO days. */
  | { readonly type: 'date'; readonly value: string | null }
  | { readonly type: 'date-range'; readonly value: { readonly from: string | null; readonly to: string | null } }
  | { readonly type: 'checkbox'; readonly value: boolean }
  | { readonly type: 'select'; readonly value: string | number | null; readonly written: boolean }
  | {
      readonly type: 'multi-select';
      readonly value: readonly (string | number)[];
      readonly written: boolean;
      /** Of what the list is, also where it is empty. */
      readonly numbers: boolean;
    };

/** By name. */
export type FormInputs = Readonly<Record<string, FormInput>>;
