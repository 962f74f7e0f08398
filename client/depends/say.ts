/** Reasons and costs in words. Pure. */
import type { Reason } from '../../server/protocol/graph/stale.ts';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { RunPhase } from '../../server/protocol/runs.ts';
import { clock, size } from '../parts/time.ts';
import { dependWords as words } from '../words/depends.ts';
import { figure } from '../words/numbers.ts';

/** Reasons said in full; the rest are counted. */
const MOST = 2;

/** `label`: what a paragraph is called beside its store, “paragraph 3”. */
export function sayReasons(reasons: readonly Reason[], label: (id: ParagraphId) => string, now: number): string {
  const said = [...new Set(reasons.map((one) => sayReason(one, label, now)))];
  const rest = said.length - MOST;
  return rest > 0 ? `${said.slice(0, MOST).join(', ')} ${words.more(rest)}` : said.join(', ');
}

function sayReason(reason: Reason, label: (id: ParagraphId) => string, now: number): string {
  const what = (one: Extract<Reason, { readonly paragraph: ParagraphId }>): string =>
    one.store.kind === 'settings' ? label(one.paragraph) : one.store.name;
  switch (reason.why) {
    case 'text':
      return words.reason.text;
    case 'form':
      return words.reason.form(reason.form);
    case 'ran':
      return words.reason.ran(what(reason), clock(reason.at, now));
    case 'behind':
      return words.reason.behind(what(reason));
  }
}

/** `0.41 s of processor time · 13 MB read · 3,000 rows`. */
export function sayCost(phase: RunPhase): string {
  const cost = 'cost' in phase ? phase.cost : undefined;
  if (!cost) return '';
  return [
    words.cost.cpu(seconds(cost.cpuMs)),
    ...(cost.read === undefined ? [] : [words.cost.read(size(cost.read))]),
    words.cost.rows(cost.rows),
  ].join(' · ');
}

/** Counted in hundredths. */
export function seconds(ms: number): string {
  if (ms < 10) return '< 0.01 s';
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)} s`;
  return `${figure(Math.round(ms / 1000))} s`;
}
