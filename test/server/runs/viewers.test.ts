/** What a page that was there all along, one opened later, and a server started again show of the same runs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import { isEnded, type Run } from '../../../server/protocol/runs.ts';
import { worthShowing } from '../../../server/runs/shown.ts';
import { ada, block, newWorld, notebook, request, sql, watch } from './support.ts';

type Step =
  | { readonly do: 'ask'; readonly which: readonly string[] }
  | { readonly do: 'text'; readonly size: number }
  | { readonly do: 'table'; readonly open: boolean }
  | { readonly do: 'end'; readonly how: 'done' | 'failed' | 'lost' }
  | { readonly do: 'stop'; readonly all: boolean }
  | { readonly do: 'look' };

const names = ['a', 'b', 'c'];
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ask' as const), which: fc.subarray(names, { minLength: 1 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('text' as const), size: fc.constantFrom(1, 100, 9000) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('table' as const), open: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('end' as const), how: fc.constantFrom('done', 'failed', 'lost') }),
  },
  fc.record({ do: fc.constant('stop' as const), all: fc.boolean() }),
  fc.record({ do: fc.constant('look' as const) }),
);

const turn = () => new Promise((resolve) => setTimeout(resolve, 0));

/** What a page puts in place of its paragraphs: all that waits or runs, and what is worth showing of what ended. */
function page(runs: Iterable<Run>) {
  const all = [...runs].sort((one, other) => one.asked - other.asked || (one.id < other.id ? -1 : 1));
  const shown = names.flatMap((name) =>
    worthShowing(all.filter((run) => run.paragraph === name && isEnded(run.phase))),
  );
  const under = all.filter((run) => !isEnded(run.phase));
  return [...shown, ...under].map((run) => ({
    id: run.id,
    phase: run.phase.state === 'running' ? { state: 'running' } : run.phase,
    source: run.source,
    outputs: run.outputs.map((output) => (output.kind === 'table' ? { ...output, block: undefined } : output)),
  }));
}

describe('any course of runs', () => {
  it('looks the same to an early page, a late one, and after a restart', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const world = newWorld(names.map((name) => sql(name, `select '${name}'`)));
        const runs = await world.runs.of(notebook);
        const early = watch(runs);
        const late = [];
        let asked = 0;
        for (const one of steps) {
          const handle = world.sessions.handles.at(-1);
          const under =
            runs.running && handle?.run.id === runs.running.id && !handle.signal.aborted ? handle : undefined;
          if (one.do === 'ask') {
            const paragraphs = one.which as ParagraphId[];
            await runs.ask({ request: request(`r${++asked}`), paragraphs, by: ada });
          } else if (one.do === 'text') under?.emit({ type: 'text', stream: 'stdout', text: 'x'.repeat(one.size) });
          else if (one.do === 'table')
            under?.emit({
              type: 'table',
              table: 0,
              columns: [],
              rows: 1,
              named: false,
              open: one.open,
              block: block('rows'),
            });
          else if (one.do === 'end')
            under?.end(
              one.how === 'failed'
                ? { state: 'failed', failure: { code: 'syntax', message: 'No.' } }
                : one.how === 'lost'
                  ? { state: 'lost', reason: 'process-gone' }
                  : { state: 'done' },
            );
          else if (one.do === 'stop') {
            if (one.all) runs.cancel();
            else runs.interrupt();
          } else late.push(watch(runs));
          await turn();
        }
        await early.until(() => true);
        await new Promise((resolve) => setTimeout(resolve, 20));
        const expected = page(early.shown.values());
        for (const viewer of late) expect(page(viewer.shown.values())).toEqual(expected);
        expect(page(runs.latest())).toEqual(expected);
        await world.runs.close();
        await turn();
        const ended = page(early.shown.values());
        world.crash();
        expect(page((await world.runs.of(notebook)).latest())).toEqual(ended);
      }),
      { numRuns: 60 },
    );
  });
});
