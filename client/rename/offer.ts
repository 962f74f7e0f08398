/** A result was given another name where it is named: whoever still uses the old one is found, and the rest is offered. */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { NotebookContext } from '../notebook/context.ts';
import { renameWords as words } from '../words/rename.ts';
import { readRenamePlan } from './calls.ts';

export async function offerRename(
  { live, app, setOver, document }: Pick<NotebookContext, 'live' | 'app' | 'setOver' | 'document'>,
  paragraph: ParagraphId,
  from: string,
  to: string,
): Promise<void> {
  const folded = from.toLowerCase();
  // What another paragraph is called by now is that one's to use.
  if (document.order().some((id) => id !== paragraph && document.paragraph(id).name().toLowerCase() === folded)) return;
  const answer = await readRenamePlan(live.id, { from, to, paragraph });
  if (!answer.ok) return;
  const { texts, forms } = answer.value;
  const count = texts.length + forms.length;
  // They may have thought better of it meanwhile.
  if (count === 0 || document.paragraph(paragraph).name() !== to) return;
  app.toasts.show({
    key: 'rename',
    text: words.offer(from, count),
    action: { label: words.offerDo(count), do: () => setOver({ paragraph, former: from }) },
  });
}
