import type { JSX } from 'solid-js';
import { initials } from './person.ts';

/** A person as a coloured disc. The name goes to whatever holds it. */
export function Avatar(props: { readonly name: string; readonly color: number }): JSX.Element {
  return (
    <i class="avatar" aria-hidden="true" style={{ background: `var(--person-${props.color})` }}>
      {initials(props.name)}
    </i>
  );
}
