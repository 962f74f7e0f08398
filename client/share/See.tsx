import { type JSX, Show } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { Icon } from '../parts/Icon.tsx';
import { previewPath } from '../route.ts';
import { share } from '../words/share.ts';
import type { Subject } from './contract.ts';

/** Leads to the notebook as somebody else sees it; a folder has nothing to look at. */
export const See = (props: {
  readonly notebook: NotebookId | undefined;
  readonly as: string;
  readonly name: string;
}): JSX.Element => (
  <Show when={props.notebook}>
    {(id) => (
      <a
        class="icon"
        href={previewPath(id(), props.as)}
        aria-label={share.see(props.name)}
        data-tip={share.see(props.name)}
      >
        <Icon name="eye" size={14} />
      </a>
    )}
  </Show>
);

/** As the server takes it. */
export function viewerOf(subject: Subject): string {
  switch (subject.kind) {
    case 'person':
      return `person:${subject.person}`;
    case 'group':
      return `group:${encodeURIComponent(subject.group)}`;
    case 'everyone':
      return 'everyone';
  }
}
