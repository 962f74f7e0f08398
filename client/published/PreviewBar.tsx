/** Says as whom an owner looks, and leads back. What is below it the server decided for them. */
import { createResource, type JSX, Show } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { Icon } from '../parts/Icon.tsx';
import { notebookPath } from '../route.ts';
import { listLinks, readDirectory } from '../share/calls.ts';
import { preview } from '../words/published.ts';
import { share } from '../words/share.ts';
import type { LookState } from './look.ts';
import { runnable } from './mine.ts';

export function PreviewBar(props: {
  readonly id: NotebookId;
  readonly as: string;
  readonly state: LookState;
}): JSX.Element {
  const [name] = createResource(() => nameOf(props.id, props.as));
  const role = (): string | undefined => {
    const { state } = props;
    if (state.at === 'gone') return preview.none;
    return state.at === 'shown' ? share.roles[state.published.role] : undefined;
  };
  const isRunnable = (): boolean => props.state.at === 'shown' && runnable(props.state.published).length > 0;
  return (
    <div class="preview-bar" role="status">
      <Icon name="eye" size={16} />
      <span>
        <b>{preview.as(name.latest ?? '')}</b> <Show when={role()}>{(told) => <span>({told()})</span>}</Show>{' '}
        <Show when={isRunnable()}>{preview.onlyLook}</Show>
      </span>
      <span class="spring" />
      <a class="button small" href={notebookPath(props.id)}>
        {preview.close}
      </a>
    </div>
  );
}

async function nameOf(id: NotebookId, as: string): Promise<string> {
  const [kind = '', rest = ''] = as.split(/:(.*)/s, 2);
  switch (kind) {
    case 'everyone':
      return share.everyone;
    case 'group':
      return preview.group(decoded(rest));
    case 'person': {
      const answer = await readDirectory();
      return (answer.ok ? answer.value.people.find((one) => one.id === rest)?.name : undefined) ?? preview.somebody;
    }
    case 'link': {
      const answer = await listLinks(id);
      const link = answer.ok ? answer.value.find((one) => one.id === rest) : undefined;
      return link?.embed ? preview.frame(share.linkName(link.label)) : preview.link(link?.label);
    }
    default:
      return preview.somebody;
  }
}

/** As it was typed into the address where it is nothing encoded: the server says that nobody is meant. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
