/** Stores a file beside the notebook and tells how it goes. Answers the stored path, or undefined where it was not. */
import { uploadFile } from '../api.ts';
import { words } from '../words/en.ts';
import type { NotebookContext } from './context.ts';
import { dataPath, nameInQuery } from './upload.ts';

export async function storeFile(
  notebook: Pick<NotebookContext, 'app' | 'path'>,
  file: File,
  leaving: AbortSignal,
): Promise<string | undefined> {
  const { toasts } = notebook.app;
  const stop = new AbortController();
  const key = `upload-${file.name}`;
  const tell = (fraction: number): void => {
    toasts.show({
      key,
      text: words.drop.uploading(file.name, Math.floor(fraction * 100)),
      progress: fraction,
      action: { label: words.cancel, do: () => stop.abort() },
    });
  };
  tell(0);
  const answer = await uploadFile(
    dataPath(notebook.path(), file.name),
    file,
    tell,
    AbortSignal.any([stop.signal, leaving]),
  );
  if (answer.ok) {
    toasts.show({ key, text: words.drop.done(nameInQuery(answer.value)) });
    return answer.value;
  }
  if (answer.problem.code === 'cancelled') toasts.show({ key, text: words.drop.cancelled(file.name) });
  else {
    const hint = [answer.problem.message, answer.problem.hint].filter(Boolean).join(' ');
    toasts.show({ key, text: words.drop.failed(file.name), hint, tone: 'bad' });
  }
  return undefined;
}
