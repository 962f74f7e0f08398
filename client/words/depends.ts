/** Words of what paragraphs need of each other: stale marks, plans, the graph, and what runs took. */
import type { StoreKind } from '../../server/protocol/graph/graph.ts';
import { words } from './en.ts';
import { counted } from './numbers.ts';

export const dependWords = {
  stale: 'Stale',
  /** Of a gutter's mark; what it does. */
  mark: (why: string) => `Stale: ${why}. Run it and what it needs`,
  reason: {
    text: 'text changed since this run',
    form: (name: string) => `${name} has another value than in this run`,
    ran: (what: string, when: string) => `${what} ran again at ${when}`,
    behind: (what: string) => `${what} is stale`,
  },
  paragraph: (n: number) => `paragraph ${n}`,
  more: (n: number) => `and ${n} more`,

  kept: {
    same: (when: string) => `Same as the run of ${when} ·`,
    use: 'Use that result',
    useOf: (when: string) => `Use the result of ${when} instead of running`,
    tip: (when: string, who: string, key: string) =>
      `A run would give what ${who} got at ${when}: nothing that it reads has changed${key === '' ? '' : ` (${key})`}`,
  },

  plan: {
    stale: 'Run what is stale',
    needs: 'Run this and what it needs',
    loading: 'Looking…',
    failed: 'The plan could not be made',
    none: 'Nothing is stale: all that is shown is of what is written.',
    cycle: 'These paragraphs need each other',
    list: 'In this order',
    took: (span: string) => `${span} last time`,
    total: (paragraphs: number, span: string) => `${counted(paragraphs, 'paragraph', 'paragraphs')}, about ${span}`,
    totalNew: (paragraphs: number) => counted(paragraphs, 'paragraph', 'paragraphs'),
    because: { asked: 'asked for', stale: 'stale', missing: 'has not run' },
    run: (paragraphs: number) => `Run ${counted(paragraphs, 'paragraph', 'paragraphs')}`,
    same: (when: string) => `same as the run of ${when}`,
    used: (when: string) => `the result of ${when} is used`,
    keep: (results: number) => `Use ${counted(results, 'result that is', 'results that are')} kept instead of running`,
    runAndUse: (paragraphs: number, results: number) =>
      paragraphs === 0
        ? `Use ${counted(results, 'result', 'results')}`
        : `Run ${counted(paragraphs, 'paragraph', 'paragraphs')}, use ${counted(results, 'result', 'results')}`,
  },

  graph: {
    title: 'Graph',
    refresh: 'Look again',
    loading: 'Looking…',
    failed: 'The graph could not be read',
    none: 'No paragraph reads or leaves anything that another could use. Name a result, and it appears here.',
    views: { drawing: 'Drawing', list: 'List', cost: 'Cost' },
    drawing: (stores: number, paragraphs: number) =>
      `${counted(stores, 'store', 'stores')} and ${counted(paragraphs, 'paragraph', 'paragraphs')}. The list says the same in words.`,
    unsure: 'Some of it is known by its words alone',
    partly: 'Not all texts could be read yet',
    kinds: { table: 'table', file: 'file', variable: 'variable', form: 'form', settings: 'settings' } satisfies Record<
      StoreKind,
      string
    >,
    states: { ...words.paragraph.state, stale: 'stale' },
    go: (label: string, state: string) => `Go to ${label} (${state})`,
    store: (kind: string, name: string) => `${kind} ${name}`,
    reads: (names: string) => `reads ${names}`,
    writes: (names: string) => `makes ${names}`,
    nothing: 'reads and makes nothing that others use',
    clash: (name: string, paragraphs: string) =>
      `${name} is made by ${paragraphs}: whoever reads it needs those before it`,
    cycle: (paragraphs: string) => `${paragraphs} need each other: none can go first`,
    runStale: (n: number) =>
      n === 0 ? 'Nothing is stale' : `Run ${counted(n, 'stale paragraph', 'stale paragraphs')}…`,
  },

  cost: {
    title: 'What runs took',
    cpu: (seconds: string) => `${seconds} of processor time`,
    read: (bytes: string) => `${bytes} read`,
    rows: (n: number) => counted(n, 'row', 'rows'),
    none: 'No run that is kept tells what it took',
    failed: 'It could not be read',
    person: 'Person',
    runs: 'Runs',
    processor: 'Processor',
    bytes: 'Read',
    rowsHead: 'Rows',
    all: 'All',
    since: (when: string) => `Of the runs that are kept, since ${when}`,
  },
};
