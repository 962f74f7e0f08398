/** At the foot of the page: that these are one's own figures, how long they are kept, and the way back. */
import { type JSX, Match, Switch } from 'solid-js';
import { clock } from '../parts/time.ts';
import { words } from '../words/en.ts';
import { published as words_ } from '../words/published.ts';
import type { Note } from './mine.ts';
import type { OwnRuns } from './runs.ts';

export function OwnNote(props: { readonly runs: OwnRuns }): JSX.Element {
  const at = <A extends Note['at']>(name: A): Extract<Note, { at: A }> | undefined => {
    const note = props.runs.note();
    return isAt(note, name) ? note : undefined;
  };
  const until = (): string => {
    const end = at('own')?.session.until;
    return end === undefined ? '' : words_.ownUntil(clock(end, Date.now()));
  };
  return (
    <div class="banners">
      <Switch>
        <Match when={at('own')}>
          <div class="banner own" role="status">
            <span>
              <b>{words_.own}</b> {until()}
            </span>
            <span class="spring" />
            <button type="button" class="button" onClick={() => props.runs.leave()}>
              {words_.leave}
            </button>
          </div>
        </Match>
        <Match when={at('ended')}>
          {(ended) => (
            <div class="banner warn" role="status">
              <span>{endedText(ended().idle)}</span>
              <span class="spring" />
              <button type="button" class="button" onClick={() => props.runs.dismiss()}>
                {words.close}
              </button>
            </div>
          )}
        </Match>
      </Switch>
    </div>
  );
}

const endedText = (idle: number | undefined): string => (idle === undefined ? words_.ended : words_.endedIdle(idle));

const isAt = <A extends Note['at']>(note: Note, name: A): note is Extract<Note, { at: A }> => note.at === name;
