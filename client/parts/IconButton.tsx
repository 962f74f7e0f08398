/** A button that is a picture: its name is its tooltip, too. */
import type { JSX } from 'solid-js';
import { Icon, type IconName } from './Icon.tsx';

export const IconButton = (props: {
  readonly icon: IconName;
  readonly label: string;
  /** The key that does the same, as the tooltip tells it. */
  readonly shortcut?: string | undefined;
  readonly size?: number;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): JSX.Element => (
  <button
    type="button"
    class="icon"
    aria-label={props.label}
    data-tip={props.label}
    data-key={props.shortcut}
    disabled={props.disabled === true}
    onClick={() => props.onClick()}
  >
    <Icon name={props.icon} {...(props.size === undefined ? {} : { size: props.size })} />
  </button>
);
