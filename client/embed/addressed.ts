/**
 * Values of forms in the address of a frame: where its link runs, the paragraph runs with them once, in a session of the frame's
 * own; everywhere else they are left alone, and the frame says so. Only forms that the paragraph depends on are told to it.
 * Call it inside a component.
 */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { isEnded } from '../../server/protocol/runs.ts';
import { standingOf, typedOfAddress, valuesForRun } from '../forms/standing.ts';
import { unusedIn } from '../forms/unused.ts';
import { askRuns, type Published } from '../published/calls.ts';
import { readForms } from '../published/forms.ts';
import type { Look } from '../published/look.ts';

/** Why what is shown is of the notebook's own values, though the address asks for others; `none` where it is of those. */
export type Addressed =
  | { readonly at: 'none' | 'ignored' | 'running' | 'over' }
  | { readonly at: 'refused'; readonly message: string };

export function openAddressed(
  id: NotebookId,
  look: Pick<Look, 'published' | 'away' | 'again'>,
  search: string,
): Accessor<Addressed> {
  const [state, setState] = createSignal<Addressed>({ at: 'none' });
  const ended = new AbortController();
  onCleanup(() => ended.abort());
  let begun = false;
  let begunToRun = false;
  let ran = false;

  async function begin({ paragraphs: [paragraph] }: Published): Promise<void> {
    if (unusedIn(search, new Set()).length === 0 || !paragraph) return;
    if (!paragraph.runs) return void setState({ at: 'ignored' });
    const answer = await readForms(id, ended.signal);
    if (ended.signal.aborted) return;
    if (!answer.ok) return void setState({ at: 'refused', message: answer.problem.message });
    const typed = typedOfAddress(answer.value, new URLSearchParams(search));
    const standings = answer.value.map((form) => standingOf(form, typed.get(form.name)));
    const refusal = standings.find((one) => one.refusal)?.refusal;
    if (refusal) return void setState({ at: 'refused', message: refusal.message });
    const values = valuesForRun(standings);
    if (!values) {
      const takes = new Set(answer.value.map(({ name }) => name));
      return void setState({ at: unusedIn(search, takes).length > 0 ? 'ignored' : 'none' });
    }
    setState({ at: 'running' });
    const asked = await askRuns(id, [paragraph.id], values);
    if (ended.signal.aborted) return;
    if (!asked.ok) setState({ at: 'refused', message: asked.problem.message });
    else {
      await look.again();
      // Its place went to somebody else before anything was seen of it.
      if (state().at === 'running' && !look.away() && !look.published()?.paragraphs[0]?.mine) setState({ at: 'over' });
    }
  }

  createEffect(
    on(look.published, (published) => {
      if (!published) return;
      if (!begun) {
        begun = true;
        void begin(published);
        return;
      }
      const [paragraph] = published.paragraphs;
      const { at } = state();
      const mine = paragraph?.mine;
      if (at === 'running' && mine && isEnded(mine.phase)) setState({ at: paragraph.own ? 'none' : 'over' });
      else if (at === 'running' && begunToRun && !mine) setState({ at: 'over' });
      // Nobody ran anything for a while, or others wanted the place.
      else if (at === 'none' && ran && paragraph && !paragraph.own) setState({ at: 'over' });
      begunToRun ||= mine !== undefined;
      ran ||= paragraph?.own === true;
    }),
  );
  return state;
}
