import { createMemo, createSignal, For, type JSX, Show } from 'solid-js';
import type { Paragraph } from '../../server/protocol/document.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import { changedProperties, type Pair } from '../../server/protocol/versions/compare.ts';
import { compareText, type Line, nearChanges, type Row } from '../../server/protocol/versions/lines.ts';
import type { Touch } from '../../server/protocol/versions/version.ts';
import { labelOf } from '../notebook/interpreters.ts';
import { clock } from '../parts/time.ts';
import { history } from '../words/versions.ts';

/** Lines of one paragraph shown at once; the rest on demand. */
const MOST_LINES = 300;

export type Differing = Pair & { readonly kind: Exclude<Pair['kind'], 'same'> };

/** One paragraph that differs: then at the left and now at the right, or one above the other where it is narrow. */
export function Difference(props: {
  readonly pair: Differing;
  readonly narrow: boolean;
  readonly changed: Touch | undefined;
  readonly writable: boolean;
  readonly onRestore: (paragraph: ParagraphId) => void;
}): JSX.Element {
  const old = (): Paragraph | undefined => ('old' in props.pair ? props.pair.old : undefined);
  const now = (): Paragraph | undefined => ('now' in props.pair ? props.pair.now : undefined);
  const shown = (): Paragraph => now() ?? old()!;
  const properties = createMemo(() => {
    const [before, after] = [old(), now()];
    return before && after ? changedProperties(before, after) : [];
  });
  return (
    <section
      class={`difference ${props.pair.kind}`}
      data-change={props.pair.id}
      tabindex={-1}
      aria-label={`${history.kinds[props.pair.kind]}: ${labelOf(shown().interpreter)}`}
    >
      <header>
        <b class="difference-kind">{history.kinds[props.pair.kind]}</b>
        <Show when={'moved' in props.pair && props.pair.moved && props.pair.kind !== 'moved'}>
          <span class="difference-moved">{history.movedToo}</span>
        </Show>
        <span>{labelOf(shown().interpreter)}</span>
        <Show when={shown().name}>{(name) => <code>{name()}</code>}</Show>
        <Show when={props.changed}>
          {(touch) => <span class="quiet">{history.changedBy(touch().by, clock(touch().at, Date.now()))}</span>}
        </Show>
        <span class="spring" />
        <Show when={props.writable}>
          <button type="button" class="button small" onClick={() => props.onRestore(props.pair.id)}>
            {props.pair.kind === 'added' ? history.removeParagraph : history.restoreParagraph}
          </button>
        </Show>
      </header>
      <Show when={properties().length > 0}>
        <dl class="difference-properties">
          <For each={properties()}>
            {(property) => <Values label={labelOfKey(property.key)} old={property.old} now={property.now} />}
          </For>
        </dl>
      </Show>
      <Show when={props.pair.kind !== 'moved' && old()?.source !== now()?.source}>
        <Lines rows={compareSides(old()?.source, now()?.source)} narrow={props.narrow} />
      </Show>
    </section>
  );
}

/** A value that changed, then and now. */
export function Values(props: {
  readonly label: string;
  readonly old: string | undefined;
  readonly now: string | undefined;
}): JSX.Element {
  return (
    <div>
      <dt>{props.label}</dt>
      <dd>
        <del>{props.old || history.nothing}</del> → <ins>{props.now || history.nothing}</ins>
      </dd>
    </div>
  );
}

const labelOfKey = (key: string): string =>
  key === 'interpreter' || key === 'name' ? history.properties[key] : history.option(key);

/** A side that is not there at all has no lines, not an empty one. */
function compareSides(old: string | undefined, now: string | undefined): readonly Row[] {
  if (old !== undefined && now !== undefined) return compareText(old, now);
  const lines = (old ?? now ?? '').split('\n');
  return lines.map((text, index) => {
    const line: Line = { number: index + 1, pieces: [{ text, marked: false }] };
    return { same: false, ...(old === undefined ? { now: line } : { old: line }) };
  });
}

export function Lines(props: { readonly rows: readonly Row[]; readonly narrow: boolean }): JSX.Element {
  const [most, setMost] = createSignal(MOST_LINES);
  const rows = createMemo(() => props.rows.slice(0, most()));
  return (
    <div class="lines" classList={{ narrow: props.narrow }}>
      <For each={nearChanges(rows())}>
        {(part) =>
          'hidden' in part ? (
            <div class="lines-hidden">{history.hiddenLines(part.hidden)}</div>
          ) : (
            <For each={props.narrow ? stacked(part.rows) : part.rows}>
              {(row) => (
                <>
                  <Show when={!props.narrow || row.old}>
                    <Side line={row.old} side="old" same={row.same} />
                  </Show>
                  <Show when={!props.narrow || (row.now && !row.same)}>
                    <Side line={row.now} side="now" same={row.same} />
                  </Show>
                </>
              )}
            </For>
          )
        }
      </For>
      <Show when={props.rows.length > most()}>
        <button type="button" class="button small lines-more" onClick={() => setMost(Number.POSITIVE_INFINITY)}>
          {history.moreLines(props.rows.length - most())}
        </button>
      </Show>
    </div>
  );
}

/** All that went of a stretch above all that came. */
function stacked(rows: readonly Row[]): readonly Row[] {
  const list: Row[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start;
    while (end < rows.length && rows[end]!.same === rows[start]!.same) end += 1;
    const part = rows.slice(start, end);
    if (rows[start]!.same) list.push(...part);
    else {
      for (const { same, old } of part) if (old) list.push({ same, old });
      for (const { same, now } of part) if (now) list.push({ same, now });
    }
    start = end;
  }
  return list;
}

function Side(props: {
  readonly line: Line | undefined;
  readonly side: 'old' | 'now';
  readonly same: boolean;
}): JSX.Element {
  return (
    <div class={`line ${props.line ? (props.same ? 'same' : props.side) : 'absent'}`}>
      <span class="line-number" aria-hidden="true">
        {props.line?.number ?? ''}
      </span>
      <span class="line-text">
        <For each={props.line?.pieces ?? []}>
          {(piece) => {
            if (!piece.marked) return piece.text;
            return props.side === 'old' ? <del>{piece.text}</del> : <ins>{piece.text}</ins>;
          }}
        </For>
      </span>
    </div>
  );
}
