import type { JSX } from 'solid-js';

/** The cabin under an airship, seen from the front. */
export function Logo(): JSX.Element {
  return (
    <svg width="18" height="18" viewBox="0 0 32 32" fill="currentColor" aria-hidden="true">
      <path d="M14.5 4.500C7.600 4.900 3 9.800 3 16s4.600 11.100 11.500 11.500zM17.500 4.500C24.400 4.900 29 9.800 29 16s-4.600 11.100-11.500 11.500z" />
    </svg>
  );
}
