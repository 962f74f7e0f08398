/**
 * Components that are loaded when they are first asked for, so that a first visit stays small. While one is on its way
 * nothing stands in its place and nothing around it waits; where its file cannot be had (the server is away, and this
 * browser never had it) the page says so, stands, and tries anew the next time. Solid's own `lazy` would take the page
 * down then, and never try again.
 */
import { type Component, createComponent, createSignal, type JSX, Show, useContext } from 'solid-js';
import { App } from '../app-context.ts';
import { words } from '../words/en.ts';

/** `otherwise`: what stands in its place where it cannot be had. */
export function later<P extends object>(
  load: () => Promise<Component<P>>,
  otherwise?: () => JSX.Element,
): Component<P> {
  let loaded: Component<P> | undefined;
  return (props: P): JSX.Element => {
    if (loaded) return createComponent(loaded, props);
    const app = useContext(App);
    const [component, setComponent] = createSignal<Component<P>>();
    load().then(
      (came) => {
        loaded = came;
        setComponent(() => came);
      },
      () => {
        if (otherwise) return void setComponent(() => otherwise);
        app?.toasts.show({ key: 'later', text: words.problem.network, hint: words.problem.networkHint, tone: 'bad' });
        // What was asked for is not open: asking again is asking anew.
        if ('onClose' in props && typeof props.onClose === 'function') props.onClose();
      },
    );
    return <Show when={component()}>{(came) => createComponent(came(), props)}</Show>;
  };
}
