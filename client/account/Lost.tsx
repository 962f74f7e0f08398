import type { JSX } from 'solid-js';
import { Show } from 'solid-js';
import { lost } from '../words/account.ts';
import { words } from '../words/en.ts';

/** Instead of a notebook that one may not see any more: nothing of it is left. */
export function Lost(props: {
  /** Whether the sign-in ended, rather than the role. */
  readonly signedOut: boolean;
  /** One's own edits that are kept in the browser. */
  readonly unsent: number;
}): JSX.Element {
  return (
    <main class="lone" role="alert" data-lost>
      <h1>{props.signedOut ? lost.signedOut : lost.title}</h1>
      <p class="quiet">{props.signedOut ? lost.signedOutText : lost.text}</p>
      <Show when={props.unsent > 0}>
        <p class="quiet">{lost.unsent(props.unsent)}</p>
      </Show>
      <Show
        when={props.signedOut}
        fallback={
          <a class="button main" href="/">
            {words.file.goHome}
          </a>
        }
      >
        {/* Another page than this one: the server shows it. */}
        <a class="button main" href={`/sign-in?to=${encodeURIComponent(location.pathname)}`}>
          {lost.signIn}
        </a>
      </Show>
    </main>
  );
}
