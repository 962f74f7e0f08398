/** While a report is laid out: where one paragraph stands. */
import { For, type JSX } from 'solid-js';
import { PLACES, type Place } from '../../server/protocol/report/layout.ts';
import { report as words } from '../words/report.ts';

export function PlaceOf(props: {
  readonly name: string;
  readonly place: Place;
  readonly onPlace: (place: Place) => void;
}): JSX.Element {
  return (
    <fieldset class="report-place" aria-label={words.place(props.name)}>
      <span class="report-place-name">{props.name}</span>
      <span class="report-choices">
        <For each={PLACES}>
          {(place) => (
            <button
              type="button"
              aria-pressed={props.place === place}
              data-tip={words.placeHints[place]}
              onClick={() => props.onPlace(place)}
            >
              {words.places[place]}
            </button>
          )}
        </For>
      </span>
    </fieldset>
  );
}
