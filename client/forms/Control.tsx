import { type JSX, Match, Switch } from 'solid-js';
import type { Form } from '../../server/protocol/forms.ts';
import { SelectControl, SeveralControl } from './Choices.tsx';
import {
  CheckboxControl,
  type ControlProps,
  DateControl,
  NumberControl,
  RangeControl,
  SliderControl,
  TextControl,
} from './Inputs.tsx';

/** A control for each type; a form that becomes one of another type gets another control. */
export function Control(props: {
  readonly control: ControlProps;
  readonly form: Form;
  readonly label: string;
  readonly labelId: string;
}): JSX.Element {
  const of = <Type extends Form['type']>(...types: readonly Type[]): Extract<Form, { type: Type }> | undefined => {
    const { form } = props;
    return isOf(form, types) ? form : undefined;
  };
  return (
    <Switch>
      <Match when={of('text', 'password')}>{(form) => <TextControl {...props.control} form={form()} />}</Match>
      <Match when={of('number')}>{(form) => <NumberControl {...props.control} form={form()} />}</Match>
      <Match when={of('slider')}>{(form) => <SliderControl {...props.control} form={form()} />}</Match>
      <Match when={of('checkbox')}>{(form) => <CheckboxControl {...props.control} form={form()} />}</Match>
      <Match when={of('date')}>{(form) => <DateControl {...props.control} form={form()} />}</Match>
      <Match when={of('date-range')}>
        {(form) => <RangeControl {...props.control} form={form()} label={props.label} />}
      </Match>
      <Match when={of('select')}>{(form) => <SelectControl {...props.control} form={form()} />}</Match>
      <Match when={of('multi-select')}>
        {(form) => <SeveralControl {...props.control} form={form()} labelId={props.labelId} />}
      </Match>
    </Switch>
  );
}

function isOf<Type extends Form['type']>(form: Form, types: readonly Type[]): form is Extract<Form, { type: Type }> {
  return types.some((type) => type === form.type);
}
