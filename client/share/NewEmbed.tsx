/** What is embedded, and in whose pages. */
import { For, type JSX } from 'solid-js';
import { share } from '../words/share.ts';
import type { Choosable, NewLink } from './contract.ts';
import { ENDS, endsAt } from './ends.ts';
import { type Making, NewForm } from './NewForm.tsx';

export function NewEmbedForm(
  props: Making & {
    readonly paragraphs: readonly Choosable[];
    /** Chosen already. */
    readonly paragraph: string | undefined;
  },
): JSX.Element {
  // What people put into other pages is rarely prose.
  const chosen = (): string | undefined =>
    props.paragraph ?? (props.paragraphs.find(({ prose }) => !prose) ?? props.paragraphs[0])?.id;
  return (
    <NewForm
      label={share.newEmbed}
      do={share.makeEmbed}
      busy={props.busy}
      wishOf={(form) => embedOf(form, Date.now())}
      onMake={props.onMake}
      onClose={props.onClose}
    >
      <label class="dialog-field">
        <span>{share.embedWhat}</span>
        <select
          class="field"
          name="paragraph"
          ref={(field) =>
            queueMicrotask(() => {
              field.value = chosen() ?? '';
            })
          }
        >
          <For each={props.paragraphs}>{(one) => <option value={one.id}>{one.title}</option>}</For>
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
        <label>
          <input type="checkbox" name="values" />
          <span>
            {share.embedValues}
            <small class="quiet">{share.embedValuesHint}</small>
          </span>
        </label>
      </div>
    </NewForm>
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
    role: form.get('values') === null ? 'reader' : 'runner',
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
