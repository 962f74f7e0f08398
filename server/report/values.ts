/** The values of forms that a report was made with, as people read them. A password is in no file. */
import { shownValue } from '../protocol/forms/prose.ts';
import { type Form, type FormValues, isPassword } from '../protocol/forms.ts';
import type { ReportFile } from '../protocol/report/file.ts';

export const shownValues = (forms: readonly Form[], values: FormValues): ReportFile['values'] =>
  forms
    .filter((form) => !isPassword(form))
    .map((form) => ({
      label: form.label ?? form.name,
      value: shownValue(form, values.get(form.name) ?? form.default),
    }));
