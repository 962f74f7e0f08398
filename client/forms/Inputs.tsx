/**
 * The controls of one value each: native ones, so that keyboards, touch, screen readers and input methods have what they
 * know. What is being typed stays as it is typed: a field is written to only where the value came from elsewhere.
 */
import { createEffect, createSignal, type JSX } from 'solid-js';
import type { DateRange, Form } from '../../server/protocol/forms.ts';
import { formWords as words } from '../words/forms.ts';
import type { AskOptions } from './options.ts';

export type ControlProps = {
  readonly id: string;
  /** What is wrong, or whose value it is. */
  readonly describedBy: string;
  readonly isRefused: boolean;
  /** As it was typed. */
  readonly raw: unknown;
  /** JSON for `readValue`. */
  readonly onType: (raw: unknown) => void;
  /** For options of a query; absent where nobody asks. */
  readonly ask?: AskOptions | undefined;
};
export type ControlOf<Type extends Form['type']> = ControlProps & { readonly form: Extract<Form, { type: Type }> };

type Native = {
  readonly id?: string;
  readonly type: 'text' | 'password' | 'number' | 'date';
  readonly label?: string;
  readonly describedBy: string;
  readonly isRefused: boolean;
  /** What it shows. */
  readonly text: string;
  readonly onText: (text: string, field: HTMLInputElement) => void;
  readonly min?: number | string | undefined;
  readonly max?: number | string | undefined;
  readonly step?: number | 'any' | undefined;
  readonly placeholder?: string | undefined;
  /** Of suggestions. */
  readonly list?: string | undefined;
};

/** One field. A syllable that is being composed is no value yet. */
export function Field(props: Native): JSX.Element {
  let field!: HTMLInputElement;
  let told: string | undefined;
  createEffect(() => {
    const { text } = props;
    if (text !== told && field.value !== text) field.value = text;
    told = text;
  });
  const tell = (): void => {
    told = field.value;
    props.onText(field.value, field);
  };
  return (
    <input
      ref={field}
      id={props.id}
      class="field form-field"
      type={props.type}
      aria-label={props.label}
      aria-describedby={props.describedBy}
      aria-invalid={props.isRefused}
      min={props.min}
      max={props.max}
      step={props.step}
      placeholder={props.placeholder}
      list={props.list}
      autocomplete={props.type === 'password' ? 'new-password' : 'off'}
      spellcheck={false}
      onInput={(event) => !event.isComposing && tell()}
      onCompositionEnd={tell}
    />
  );
}

export const TextControl = (props: ControlOf<'text' | 'password'>): JSX.Element => (
  <Field
    {...props}
    type={props.form.type}
    text={typeof props.raw === 'string' ? props.raw : String(props.raw ?? '')}
    onText={props.onType}
  />
);

export const NumberControl = (props: ControlOf<'number'>): JSX.Element => (
  <Field
    {...props}
    type="number"
    min={props.form.min}
    max={props.form.max}
    step={props.form.step ?? 'any'}
    text={props.raw === null ? '' : String(props.raw)}
    onText={(text, field) => props.onType(numberOf(text, field))}
  />
);

/** A browser gives no text of what is no number; it says so. */
const numberOf = (text: string, field: HTMLInputElement): unknown =>
  text === '' ? (field.validity?.badInput === true ? field.value : null) : Number(text);

export function SliderControl(props: ControlOf<'slider'>): JSX.Element {
  const at = (): number => (typeof props.raw === 'number' ? props.raw : props.form.default);
  const [shown, setShown] = createSignal(at());
  let slider!: HTMLInputElement;
  createEffect(() => setShown(at()));
  // Once its ends stand: a browser moves what lies beyond them.
  createEffect(() => {
    const { min, max } = props.form;
    slider.min = String(min);
    slider.max = String(max);
    slider.value = String(shown());
  });
  return (
    <span class="form-slider">
      <input
        ref={slider}
        id={props.id}
        type="range"
        step={props.form.step}
        aria-describedby={props.describedBy}
        aria-invalid={props.isRefused}
        onInput={(event) => {
          setShown(event.currentTarget.valueAsNumber);
          props.onType(event.currentTarget.valueAsNumber);
        }}
      />
      <output for={props.id}>{shown()}</output>
    </span>
  );
}

export const CheckboxControl = (props: ControlOf<'checkbox'>): JSX.Element => (
  <input
    id={props.id}
    type="checkbox"
    checked={props.raw === true}
    aria-describedby={props.describedBy}
    aria-invalid={props.isRefused}
    onChange={(event) => props.onType(event.currentTarget.checked)}
  />
);

/** A day half typed is none: a browser gives nothing of it, and says so. */
const isHalf = (field: HTMLInputElement): boolean => field.value === '' && field.validity?.badInput === true;

export const DateControl = (props: ControlOf<'date'>): JSX.Element => (
  <Field
    {...props}
    type="date"
    min={props.form.min}
    max={props.form.max}
    text={typeof props.raw === 'string' ? props.raw : ''}
    onText={(text, field) => !isHalf(field) && props.onType(text === '' ? null : text)}
  />
);

export function RangeControl(props: ControlOf<'date-range'> & { readonly label: string }): JSX.Element {
  const range = (): DateRange => {
    const { raw } = props;
    return typeof raw === 'object' && raw !== null && 'from' in raw && 'to' in raw ? (raw as DateRange) : none;
  };
  const end = (which: 'from' | 'to'): JSX.Element => (
    <Field
      {...(which === 'from' ? { id: props.id } : {})}
      type="date"
      label={words.end(props.label, words[which])}
      describedBy={props.describedBy}
      isRefused={props.isRefused}
      min={props.form.min}
      max={props.form.max}
      text={range()[which] ?? ''}
      onText={(text, field) => !isHalf(field) && props.onType({ ...range(), [which]: text === '' ? null : text })}
    />
  );
  return (
    <span class="form-range">
      {end('from')}
      <span aria-hidden="true">–</span>
      {end('to')}
    </span>
  );
}

const none: DateRange = { from: null, to: null };
