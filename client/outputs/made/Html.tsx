/** HTML that code wrote, in a frame of its own. */
import { createEffect, createMemo, createSignal, type JSX, on, Show } from 'solid-js';
import type { Theme } from '../../frame/messages.ts';
import { made } from '../../words/made.ts';
import { Framed } from '../frame/Framed.tsx';
import { Trouble } from './Trouble.tsx';

/** Near enough until the frame tells its height. */
const GUESS = 120;

export function Html(props: { readonly text: string | undefined; readonly onNear: () => void }): JSX.Element {
  const [trouble, setTrouble] = createSignal<string>();
  const [link, setLink] = createSignal<string>();
  const content = createMemo(() => {
    const { text: html } = props;
    return html === undefined
      ? undefined
      : { type: 'html' as const, make: (theme: Theme) => ({ type: 'html' as const, html, theme }) };
  });
  createEffect(
    on(content, () => {
      setTrouble(undefined);
      setLink(undefined);
    }),
  );
  return (
    <Show when={trouble() === undefined} fallback={<Trouble message={trouble() ?? ''} />}>
      <Framed
        label={made.html}
        content={content()}
        guess={GUESS}
        onNear={props.onNear}
        onDrawn={() => {}}
        onFailed={(why) => setTrouble(why === 'left' ? made.left : made.stuck)}
        onLink={setLink}
      />
      <Show when={link()}>{(href) => <Leaving href={href()} onClose={() => setLink(undefined)} />}</Show>
    </Show>
  );
}

/** A link in an output leads nowhere by itself: where it goes is shown first, in the page's own words. */
function Leaving(props: { readonly href: string; readonly onClose: () => void }): JSX.Element {
  return (
    <p class="made-link" role="status">
      <span>{made.links}</span>
      <a href={props.href} target="_blank" rel="noopener noreferrer">
        {props.href}
      </a>
      <button type="button" class="link" onClick={() => props.onClose()}>
        {made.close}
      </button>
    </p>
  );
}
