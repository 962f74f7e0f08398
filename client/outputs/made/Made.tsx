/** What code made to be looked at: pictures, Markdown, HTML and charts. Loaded with the first of them. */
import { createMemo, createSignal, type JSX, Match, onCleanup, onMount, Show, Switch } from 'solid-js';
import type { ErrorOutput, ImageOutput } from '../../../server/protocol/outputs.ts';
import { Prose } from '../../prose/Prose.tsx';
import { made } from '../../words/made.ts';
import { Failure } from '../Failure.tsx';
import { ofKind } from '../kinds.ts';
import { whenNear } from '../near.ts';
import type { Building } from './building.ts';
import { createWhole, type Source } from './content.ts';
import { Html } from './Html.tsx';
import { isVast, MOST_PIXELS, type Size, sizeOf } from './pixels.ts';
import { Spec } from './Spec.tsx';
import './made.css';

export type MadeProps = Source & {
  readonly onRunAgain?: (() => void) | undefined;
  readonly building?: Building | undefined;
};

export function Made(props: MadeProps): JSX.Element {
  const whole = createWhole(() => props);
  return (
    <Switch>
      <Match when={vectorOf(props.output)}>
        {(image) => <Html text={inHtml(image(), whole.text())} onNear={whole.near} />}
      </Match>
      <Match when={ofKind(props.output, 'image')}>
        {(image) => (
          <Near onNear={whole.near}>
            <Picture output={image()} data={whole.text()} />
          </Near>
        )}
      </Match>
      <Match when={props.output.kind === 'markdown'}>
        <Near onNear={whole.near}>
          <Show when={whole.text()}>{(text) => <Prose source={text()} />}</Show>
        </Near>
      </Match>
      <Match when={props.output.kind === 'html'}>
        <Html text={whole.text()} onNear={whole.near} />
      </Match>
      <Match when={ofKind(props.output, 'chart')}>
        {(chart) => (
          <Spec
            output={chart()}
            spec={whole.text()}
            onNear={whole.near}
            onRunAgain={() => props.onRunAgain?.()}
            building={props.building}
          />
        )}
      </Match>
    </Switch>
  );
}

function Near(props: { readonly onNear: () => void; readonly children: JSX.Element }): JSX.Element {
  let box!: HTMLDivElement;
  onMount(() => {
    onCleanup(
      whenNear(box, (near) => {
        if (near) props.onNear();
      }),
    );
  });
  return <div ref={box}>{props.children}</div>;
}

/**
 * SVG, in a frame of its own: in an `img` it runs no script and loads nothing, but a few lines of it can take hours to draw,
 * on the thread that draws them.
 */
const vectorOf = (output: MadeProps['output']): ImageOutput | undefined =>
  output.kind === 'image' && output.type === 'image/svg+xml' ? output : undefined;

const inHtml = ({ type, alt }: ImageOutput, data: string | undefined): string | undefined =>
  data && `<img src="data:${type};base64,${escaped(data)}" alt="${escaped(alt ?? made.image)}">`;

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (sign) => ESCAPES[sign] ?? sign);

function Picture(props: { readonly output: ImageOutput; readonly data: string | undefined }): JSX.Element {
  const [broken, setBroken] = createSignal(false);
  const vast = createMemo(() => {
    const size = props.data === undefined ? undefined : sizeOf(props.output.type, props.data);
    return size && isVast(size) ? size : undefined;
  });
  return (
    <Show
      when={!vast() && props.data}
      fallback={<Show when={vast()}>{(size) => <Failure output={tooVast(size())} />}</Show>}
    >
      {(data) => (
        <Show when={!broken()} fallback={<Failure output={notAPicture(props.output)} />}>
          <img
            class="output-image"
            src={`data:${props.output.type};base64,${data()}`}
            alt={props.output.alt ?? made.image}
            onError={() => setBroken(true)}
          />
        </Show>
      )}
    </Show>
  );
}

const tooVast = ({ width, height }: Size): ErrorOutput => ({
  kind: 'error',
  code: 'image',
  message: made.vast(width, height, MOST_PIXELS),
});

const notAPicture = ({ type }: ImageOutput): ErrorOutput => ({
  kind: 'error',
  code: 'image',
  message: made.broken(type),
});
