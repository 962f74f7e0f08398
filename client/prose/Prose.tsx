import MarkdownIt from 'markdown-it';
import { createMemo, type JSX } from 'solid-js';

const markdown = new MarkdownIt({ html: false, linkify: true });

/** A paragraph of prose as it reads. `onEdit` is called when the reader wants to write in it. */
export function Prose(props: { readonly source: string; readonly onEdit?: () => void }): JSX.Element {
  const html = createMemo(() => markdown.render(props.source));
  return <div class="prose" innerHTML={html()} onDblClick={() => props.onEdit?.()} />;
}
