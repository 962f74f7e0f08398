/** Why a list could not be had, with a way to ask again. */
import { words } from '../words/en.ts';

export function Failed(props: { readonly title: string; readonly message: string; readonly retry: () => void }) {
  return (
    <div class="notice bad" role="alert">
      <div>
        <b>{props.title}</b>
        <p>{props.message}</p>
      </div>
      <span class="spring" />
      <button type="button" class="button" onClick={() => props.retry()}>
        {words.retry}
      </button>
    </div>
  );
}
