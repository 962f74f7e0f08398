import type { JSX } from 'solid-js';
import { Failure } from '../Failure.tsx';

/** What keeps an output from being shown, in the place where it would stand. */
export function Trouble(props: {
  readonly message: string;
  readonly hint?: string;
  readonly detail?: string;
}): JSX.Element {
  return (
    <Failure
      output={{
        kind: 'error',
        code: 'output',
        message: props.message,
        ...(props.hint === undefined ? {} : { hint: props.hint }),
        ...(props.detail === undefined ? {} : { detail: props.detail }),
      }}
    />
  );
}
