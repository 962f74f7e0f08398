/** The graph as a drawing: SVG whose paragraphs are buttons in notebook order, so that Tab and arrows go through them. */
import { createMemo, For, type JSX, Show } from 'solid-js';
import type { Graph } from '../../server/protocol/graph/graph.ts';
import { dependWords } from '../words/depends.ts';
import type { Named } from './contract.ts';
import { clip, type Drawn, drawingOf } from './drawing.ts';
import { BOX_HEIGHT, type Point } from './layout.ts';

const words = dependWords.graph;
const MARGIN = 8;

export function Drawing(props: { readonly graph: Graph; readonly named: Named }): JSX.Element {
  const drawing = createMemo(() => drawingOf(props.graph, props.named.label));
  const count = (kind: Drawn['kind']): number => drawing().parts.filter((part) => part.kind === kind).length;
  const at = (part: Drawn): Point => drawing().layout.boxes.get(part.id) ?? { x: 0, y: 0 };
  const paragraphs = () => drawing().parts.filter((part) => part.kind === 'paragraph');
  const stores = () => drawing().parts.filter((part) => part.kind === 'store');
  const width = (): number => drawing().layout.width + 2 * MARGIN;
  const move = (event: KeyboardEvent, index: number): void => {
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (by === undefined || !(event.currentTarget instanceof SVGElement)) return;
    const all = event.currentTarget.ownerSVGElement?.querySelectorAll<SVGElement>('[role="button"]');
    const next = all?.[index + by];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  };
  return (
    <div class="graph-drawing">
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset can't stand in for a drawing */}
      <svg
        width={width()}
        height={drawing().layout.height}
        viewBox={`${-MARGIN} 0 ${width()} ${drawing().layout.height}`}
        role="group"
        aria-label={words.drawing(count('store'), count('paragraph'))}
      >
        <g class="graph-ways">
          <For each={drawing().layout.ways}>{(way) => <path d={curve(way.points)} />}</For>
        </g>
        <For each={stores()}>
          {(part) => {
            const label = clip(part.store.name);
            return (
              <g
                class={`graph-store ${part.store.kind}`}
                transform={`translate(${at(part).x} ${at(part).y})`}
                data-store={part.store.name}
              >
                <title>{words.store(words.kinds[part.store.kind], part.store.name)}</title>
                <rect {...boxOf(label.width, 20)} rx={part.store.kind === 'table' ? 3 : BOX_HEIGHT / 2} />
                <text text-anchor="middle" dy="4">
                  {part.store.kind === 'settings' ? words.kinds.settings : label.text}
                </text>
              </g>
            );
          }}
        </For>
        <For each={paragraphs()}>
          {(part, index) => {
            const label = (): ReturnType<typeof clip> => clip(props.named.label(part.paragraph));
            const state = () => props.named.state(part.paragraph);
            const left = (): number => -(label().width * 6.6 + 34) / 2;
            return (
              // biome-ignore lint/a11y/useSemanticElements: a button of HTML can't stand in SVG
              <g
                class={`graph-part ${state()}`}
                transform={`translate(${at(part).x} ${at(part).y})`}
                role="button"
                tabindex={0}
                data-part={part.paragraph}
                aria-label={words.go(props.named.label(part.paragraph), words.states[state()])}
                onClick={() => props.named.go(part.paragraph)}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' || event.key === ' ') {
                    event.preventDefault();
                    event.stopPropagation();
                    props.named.go(part.paragraph);
                  } else move(event, index());
                }}
              >
                <Show when={props.named.why(part.paragraph)}>{(why) => <title>{why()}</title>}</Show>
                <rect {...boxOf(label().width, 34)} rx={BOX_HEIGHT / 2} />
                <path class="graph-mark" transform={`translate(${left() + 14} 0)`} d={MARKS[state()]} />
                <text x={left() + 24} dy="4">
                  {label().text}
                </text>
              </g>
            );
          }}
        </For>
      </svg>
    </div>
  );
}

/** A shape for each state: a ring, a clock's half, a check, a cross, a dash, a bent arrow. */
const MARKS = {
  none: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0',
  queued: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0M0 -2v2h2',
  running: 'M0 -4a4 4 0 1 1 -4 4',
  done: 'M-4 0l3 3l5 -6',
  failed: 'M-3.5 -3.5l7 7M3.5 -3.5l-7 7',
  lost: 'M-3.5 -3.5l7 7M3.5 -3.5l-7 7',
  cancelled: 'M-4 0h8',
  stale: 'M4 -1a4 4 0 1 0 0 2.5M4 -4.5v3.5h-3.5',
} as const;

const boxOf = (letters: number, around: number) => {
  const width = letters * 6.6 + around;
  return { x: -width / 2, y: -BOX_HEIGHT / 2, width, height: BOX_HEIGHT };
};

/** From box to box, straight down where they end. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return '';
  let d = `M${first.x} ${first.y}`;
  let before = first;
  for (const point of rest) {
    const middle = (before.y + point.y) / 2;
    d += `C${before.x} ${middle} ${point.x} ${middle} ${point.x} ${point.y}`;
    before = point;
  }
  return d;
}
