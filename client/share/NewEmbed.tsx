/** What is embedded, and in whose pages. */
import { createSignal, For, type JSX } from 'solid-js';
import { words } from '../words/en.ts';
import { share } from '../words/share.ts';
import type { Choosable, NewLink } from './contract.ts';
import { ENDS, endsAt } from './ends.ts';

export function NewEmbedForm(props: {
  readonly paragraphs: readonly Choosable[];
  /** Chosen already. */
  readonly paragraph: string | undefined;
  readonly busy: boolean;
  readonly onMake: (wish: NewLink) => void;
  readonly onClose: () => void;
}): JSX.Element {
  const [wrong, setWrong] = createSignal('');
  const submit = (form: FormData): void => {
    const wish = embedOf(form, Date.now());
    if (typeof wish === 'string') setWrong(wish);
    else props.onMake(wish);
  };
  return (
    <form
      class="dialog-form share-new"
      aria-label={share.newEmbed}
      onSubmit={(event) => {
        event.preventDefault();
        if (!props.busy) submit(new FormData(event.currentTarget));
      }}
    >
      <label class="dialog-field">
        <span>{share.embedWhat}</span>
        <select class="field" name="paragraph">
          <For each={props.paragraphs}>
            {(one) => (
              <option value={one.id} selected={one.id === props.paragraph}>
                {one.title}
              </option>
            )}
          </For>
        </select>
      </label>
      <label class="dialog-field">
        <span>{share.origins}</span>
        <textarea
          class="field share-origins"
          name="origins"
          rows="2"
          placeholder="https://wiki.example.com"
          spellcheck={false}
          autocapitalize="none"
          ref={(field) => queueMicrotask(() => field.focus())}
        />
        <small class="quiet">{share.originsHint}</small>
      </label>
      <label class="dialog-field">
        <span>{share.expires}</span>
        <select class="field" name="ends">
          <For each={ENDS}>
            {(end) => (
              <option value={end} selected={end === 'never'}>
                {share.ends[end]}
              </option>
            )}
          </For>
        </select>
      </label>
      <div class="share-what">
        <label>
          <input type="checkbox" name="code" />
          {share.code}
        </label>
        <label>
          <input type="checkbox" name="open" />
          {share.embedOpen}
        </label>
      </div>
      <p class="failed-text" role="alert">
        {wrong()}
      </p>
      <div class="dialog-foot">
        <button type="button" class="button" onClick={() => props.onClose()}>
          {words.cancel}
        </button>
        <button type="submit" class="button main" disabled={props.busy}>
          {props.busy ? share.making : share.makeEmbed}
        </button>
      </div>
    </form>
  );
}

/** Or what is wrong with it. People paste the address of the page: its origin is what is meant. */
export function embedOf(form: FormData, now: number): NewLink | string {
  const paragraph = String(form.get('paragraph') ?? '');
  if (paragraph === '') return share.nothingToEmbed;
  const lines = String(form.get('origins') ?? '')
    .split(/[\s,]+/)
    .filter((line) => line !== '');
  if (lines.length === 0) return share.noOrigins;
  const wrong = lines.find((line) => originIn(line) === undefined);
  if (wrong !== undefined) return share.wrongOrigin(wrong);
  const expires = endsAt(String(form.get('ends') ?? ''), now);
  return {
    role: 'reader',
    code: form.get('code') !== null,
    paragraphs: [paragraph],
    embed: { origins: [...new Set(lines.flatMap((line) => originIn(line) ?? []))], open: form.get('open') !== null },
    ...(expires === undefined ? {} : { expires }),
  };
}

function originIn(text: string): string | undefined {
  const whole = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole) || text.includes('*')) return undefined;
  const { origin, username } = new URL(whole);
  return username === '' && origin !== 'null' ? origin : undefined;
}

/** As it is pasted into a page. */
export const frameCode = (address: string, title: string): string =>
  `<iframe src="${address}" title="${escaped(title)}" width="100%" height="460" style="border:0" loading="lazy" referrerpolicy="no-referrer"></iframe>`;

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
