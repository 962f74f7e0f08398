/** Values of forms as TypeScript has them: a day is a `Date` at midnight UTC, as in the rows of a table. */
import type { FormInputs } from '../forms.ts';

export const formValues = (forms: FormInputs): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(forms).map(([name, input]) => {
      if (input.type === 'date') return [name, dayOf(input.value)];
      if (input.type === 'date-range') return [name, { from: dayOf(input.value.from), to: dayOf(input.value.to) }];
      return [name, input.value];
    }),
  );

const dayOf = (day: string | null): Date | null => (day === null ? null : new Date(`${day}T00:00:00Z`));
