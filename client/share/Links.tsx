/** The links of a notebook: made with what they show and for how long, told once, withdrawn. */
import { createResource, createSignal, createUniqueId, For, type JSX, Match, Show, Switch } from 'solid-js';
import type { NotebookId } from '../../server/protocol/ids.ts';
import { serveCommand } from '../../server/protocol/serve-command.ts';
import type { Reach } from '../account/me.ts';
import type { Problem } from '../api.ts';
import { Failed } from '../parts/Failed.tsx';
import { clock } from '../parts/time.ts';
import { words } from '../words/en.ts';
import { share } from '../words/share.ts';
import { Command } from './Command.tsx';
import { listLinks, makeLink, withdrawLink } from './calls.ts';
import type { Choosable, Link, NewLink } from './contract.ts';
import { frameCode, NewEmbedForm } from './NewEmbed.tsx';
import { NewLinkForm } from './NewLink.tsx';
import { originFor } from './reach.ts';
import { Said, type Saying } from './Said.tsx';
import { See } from './See.tsx';

type Step =
  | { readonly at: 'list' }
  | { readonly at: 'new'; readonly busy: boolean }
  | { readonly at: 'embed'; readonly busy: boolean }
  | { readonly at: 'made'; readonly what: keyof typeof MADE; readonly text: string }
  | { readonly at: 'asking'; readonly link: Link };

/** Told once. */
const MADE = {
  link: { said: share.made, label: share.address, do: share.copy },
  embed: { said: share.embedded, label: share.frameCode, do: share.copyDo },
} as const;

export function Links(props: {
  readonly notebook: NotebookId;
  readonly paragraphs: readonly Choosable[];
  /** One of them is to be embedded. */
  readonly embed: string | undefined;
  /** Undefined while it is not known. */
  readonly reach: Reach | undefined;
}): JSX.Element {
  const { notebook } = props;
  const [said, setSaid] = createSignal<Saying>();
  const heading = createUniqueId();
  const [step, setStep] = createSignal<Step>(props.embed === undefined ? { at: 'list' } : { at: 'embed', busy: false });
  const [links, { refetch }] = createResource(() => listLinks(notebook));
  const now = Date.now();
  const tell = (problem: Problem): void =>
    void setSaid({ text: `${problem.message} ${problem.hint ?? ''}`, bad: true });
  const all = (): readonly Link[] => {
    const answer = links.latest;
    return answer?.ok ? answer.value : [];
  };
  const failed = (): Problem | undefined => {
    const answer = links();
    return answer && !answer.ok ? answer.problem : undefined;
  };
  const at = <A extends Step['at']>(name: A): Extract<Step, { at: A }> | undefined => {
    const step_ = step();
    return isAt(step_, name) ? step_ : undefined;
  };
  async function make(wish: NewLink): Promise<void> {
    const at = wish.embed ? 'embed' : 'new';
    setStep({ at, busy: true });
    setSaid(undefined);
    const answer = await makeLink(notebook, wish);
    if (answer.ok) {
      const address = new URL(answer.value.url, originFor(location, props.reach)).href;
      setStep(
        wish.embed
          ? { at: 'made', what: 'embed', text: frameCode(address, titleOf(wish)) }
          : { at: 'made', what: 'link', text: address },
      );
    } else {
      setStep({ at, busy: false });
      tell(answer.problem);
    }
    void refetch();
  }
  /** Of what is embedded, for whoever cannot see it. */
  const titleOf = ({ paragraphs }: Pick<Link | NewLink, 'paragraphs'>): string =>
    props.paragraphs.find(({ id }) => id === paragraphs?.[0])?.title.replaceAll(/\s+/g, ' ') ?? '';
  const nameOf = (link: Link): string =>
    link.embed ? (link.label ?? share.embedName(titleOf(link))) : share.linkName(link.label);
  async function withdraw(link: Link): Promise<void> {
    setStep({ at: 'list' });
    const answer = await withdrawLink(notebook, link.id);
    if (answer.ok) setSaid({ text: share.withdrawn });
    else tell(answer.problem);
    void refetch();
  }
  return (
    <section aria-labelledby={heading}>
      <div class="share-head">
        <h3 id={heading}>{share.links}</h3>
        <Show when={step().at === 'list'}>
          <span class="share-new-do">
            <button type="button" class="button small" onClick={() => setStep({ at: 'embed', busy: false })}>
              {share.newEmbed}
            </button>
            <button type="button" class="button small" onClick={() => setStep({ at: 'new', busy: false })}>
              {share.newLink}
            </button>
          </span>
        </Show>
      </div>
      <p class="quiet">{share.linksHint}</p>
      <Show when={props.reach?.local ? props.reach : undefined}>
        {(reach) => (
          <div class="share-none" data-local>
            <p>{share.local}</p>
            <p class="quiet">{share.localHint}</p>
            <Command text={serveCommand(reach().folder)} label={share.localCommand} />
          </div>
        )}
      </Show>
      <Switch>
        <Match when={at('new')}>
          {(now) => (
            <NewLinkForm
              paragraphs={props.paragraphs}
              busy={now().busy}
              onMake={(wish) => void make(wish)}
              onClose={() => setStep({ at: 'list' })}
            />
          )}
        </Match>
        <Match when={at('embed')}>
          {(now) => (
            <NewEmbedForm
              paragraphs={props.paragraphs}
              paragraph={props.embed}
              busy={now().busy}
              onMake={(wish) => void make(wish)}
              onClose={() => setStep({ at: 'list' })}
            />
          )}
        </Match>
        <Match when={at('made')}>
          {(made) => (
            <div class="share-made">
              <p role="status">{MADE[made().what].said}</p>
              <Command text={made().text} label={MADE[made().what].label} do={MADE[made().what].do} />
              <div class="dialog-foot">
                <button type="button" class="button" onClick={() => setStep({ at: 'list' })}>
                  {share.done}
                </button>
              </div>
            </div>
          )}
        </Match>
        <Match when={at('asking')}>
          {(asking) => (
            <div class="share-ask" role="alertdialog" aria-label={share.withdrawTitle(nameOf(asking().link))}>
              <b>{share.withdrawTitle(nameOf(asking().link))}</b>
              <p class="quiet">{share.withdrawText}</p>
              <div class="dialog-foot">
                <button
                  type="button"
                  class="button"
                  ref={(button) => queueMicrotask(() => button.focus())}
                  onClick={() => setStep({ at: 'list' })}
                >
                  {words.cancel}
                </button>
                <button type="button" class="button danger" onClick={() => void withdraw(asking().link)}>
                  {share.withdraw}
                </button>
              </div>
            </div>
          )}
        </Match>
      </Switch>
      <Said saying={said()} />
      <Show when={failed()}>
        {(problem) => <Failed title={share.linksFailed} message={problem().message} retry={() => void refetch()} />}
      </Show>
      <Show when={links.latest?.ok && all().length === 0 && step().at === 'list'}>
        <p class="quiet share-wait">{share.noLinks}</p>
      </Show>
      <ul class="share-list links">
        <For each={all()}>
          {(link) => (
            <li data-link={link.id}>
              <span class="share-name">
                {nameOf(link)}
                <small class="quiet">{factsOf(link, now)}</small>
              </span>
              <See notebook={notebook} as={`link:${link.id}`} name={nameOf(link)} />
              <button type="button" class="button small" onClick={() => setStep({ at: 'asking', link })}>
                {share.withdraw}
              </button>
            </li>
          )}
        </For>
      </ul>
    </section>
  );
}

const factsOf = ({ role, paragraphs, code, password, embed, expires }: Link, now: number): string => {
  const ends = expires === undefined ? undefined : expires <= now ? share.linkOver : clock(expires, now);
  if (embed) return share.embedFacts({ origins: embed, values: role === 'runner', code, ends });
  return share.linkFacts({ role: share.roles[role], paragraphs: paragraphs?.length, code, password, ends });
};

const isAt = <A extends Step['at']>(step: Step, name: A): step is Extract<Step, { at: A }> => step.at === name;
