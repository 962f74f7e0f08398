/** A notebook as a report in one file, of what is published to the caller: nothing else of it is in the file. */
import { Readable } from 'node:stream';
import { Type } from '@sinclair/typebox';
import { askerOf } from '../../access/asker.ts';
import { isPublished, mayReadRows } from '../../access/view.ts';
import { AppError } from '../../errors.ts';
import { PROSE } from '../../protocol/document.ts';
import { fillProse } from '../../protocol/forms/prose.ts';
import type { FormValues } from '../../protocol/forms.ts';
import type { ParagraphId } from '../../protocol/ids.ts';
import { collect, type Reader, type Shown } from '../../report/collect.ts';
import { filePolicy, openedHeaders } from '../../report/page.ts';
import { picturesOf } from '../../report/pictures.ts';
import type { Turn } from '../../report/turns.ts';
import { shownValues } from '../../report/values.ts';
import { fill, type RawValues } from '../../runs/inputs.ts';
import type { NotebookRuns } from '../../runs/notebook.ts';
import { seenForms } from '../forms.ts';
import { publish } from '../publish.ts';
import { route } from '../route.ts';
import { WithId } from '../schemas.ts';
import type { LiveNotebook } from '../services.ts';
import { ownRuns } from '../whose.ts';
import { notebookOf } from './notebooks.ts';

/** Values of forms fit an address; what is longer was not made by a page. */
const LONGEST_VALUES = 8_000;

export const reportRoutes = [
  route({
    method: 'GET',
    path: '/notebooks/:id/report',
    action: 'notebook.shown',
    target: 'notebook',
    tag: 'notebooks',
    summary: 'A notebook as a report in one file that loads nothing: what is published to the caller, as HTML',
    params: WithId,
    query: Type.Object(
      {
        code: Type.Boolean({ default: false, description: 'With the code that the caller sees' }),
        print: Type.Boolean({ default: false, description: 'To be shown, and to print itself; else to be saved' }),
        forms: Type.Optional(
          Type.String({ maxLength: LONGEST_VALUES, description: 'JSON: values of forms that prose is filled with' }),
        ),
      },
      { additionalProperties: false },
    ),
    answers: { 200: 'text/html' },
    async handle({ params, query, services, signal, role, principal, access, who, view: viewOf }) {
      const { id } = notebookOf(services, params.id);
      const asker = askerOf(access.store.book(), principal, id);
      const turn = await services.reports.turns.take(asker, signal);
      let live: LiveNotebook | undefined;
      try {
        // As it is now: it may have waited for its turn.
        const notebook = notebookOf(services, params.id);
        const view = viewOf(notebook);
        live = await services.live.open(id);
        const given = valuesIn(query.forms);
        const forms = seenForms(view, live);
        const { values } = fill(forms, given);
        const paragraphs = live.paragraphs();
        const visited = given ? services.visitors.find(id, principal) : undefined;
        const own = visited ?? ownRuns(id, { services, principal, role });
        const published = new Set(paragraphs.filter((one) => isPublished(view, one)).map((one) => one.id));
        const shared = await whole(await services.runs.of(id), published);
        const sessions = { shared, ...(own ? { own: await whole(own, published) } : {}) };
        const byId = new Map(paragraphs.map((paragraph) => [paragraph.id, paragraph]));
        const shown = publish(view, paragraphs, sessions).map((one): Shown => {
          const isProse = one.interpreter === PROSE;
          const source = isProse ? fillProse(one.source ?? '', forms, values) : query.code ? one.source : undefined;
          const paragraph = byId.get(one.id);
          return {
            id: one.id,
            interpreter: one.interpreter,
            place: one.place ?? 'across',
            chart: one.chart,
            layout: one.table,
            ...(one.span === undefined ? {} : { span: one.span }),
            ...(isProse ? { pictured: fillProse(one.source ?? '', forms, NONE) } : {}),
            mayRead: (index) => mayReadRows(view, paragraph, index),
            ...(source === undefined ? {} : { source }),
            ...(one.run ? { run: one.run } : {}),
          };
        });
        const title = view.titled ? live.title : '';
        access.audit.note({ event: 'export', by: who, on: id, detail: 'report' });
        const html = await services.reports.page({
          title,
          ...ranAt(shown),
          layout: live.layout(),
          values: shownValues(forms, values),
          ...(await collect(
            shown,
            {
              results: readingAs(asker, services.results),
              pictures: picturesOf(notebook.path, services.workspace.data),
              // A frame shows its paragraph alone.
              dates: view.titled ? live.annotations() : [],
            },
            signal,
          )),
          ...(query.print ? { paper: 'ask' as const } : {}),
        });
        const policy = query.print ? filePolicy(await services.reports.hashes()) : undefined;
        const bytes = Buffer.from(html);
        turn.made();
        return {
          headers: {
            'content-type': 'text/html; charset=utf-8',
            'content-length': String(bytes.length),
            'cache-control': 'no-store',
            ...(policy === undefined ? savedHeaders(title) : openedHeaders(policy)),
          },
          body: sending(bytes, turn, signal),
        };
      } catch (cause) {
        turn.sent();
        throw cause;
      } finally {
        live?.release();
      }
    },
  }),
];

/** The notebook’s own. */
const NONE: FormValues = new Map();

/** In the share of whoever asks, as the page they look at is. */
const readingAs = (asker: string, { window, chart, pivot }: Reader): Reader => ({
  window: (result, query, signal) => window(result, query, signal, asker),
  chart: (result, spec, narrow, signal) => chart(result, spec, narrow, signal, asker),
  pivot: (result, spec, narrow, signal) => pivot(result, spec, narrow, signal, asker),
});

function ranAt(shown: readonly Shown[]): { readonly ran?: string } {
  const ends = shown.flatMap(({ run }) => (run && 'ended' in run.phase ? [run.phase.ended] : []));
  return ends.length === 0 ? {} : { ran: new Date(Math.max(...ends)).toISOString() };
}

/** With all that is kept of long outputs; of what is not published nothing is read. */
const whole = (runs: NotebookRuns, published: ReadonlySet<ParagraphId>) =>
  Promise.all(
    runs
      .latest()
      .filter(({ paragraph }) => published.has(paragraph))
      .map(async (run) => (await runs.get(run.id)) ?? run),
  );

/** Bytes handed on at once: what a slow reader has not taken stays here, and counts. */
const PIECE = 64 * 1024;

function sending(bytes: Buffer, turn: Turn, signal: AbortSignal): Readable {
  function* pieces(): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.subarray(at, at + PIECE);
  }
  const body = Readable.from(pieces(), { objectMode: false });
  body.once('close', turn.sent);
  if (signal.aborted) turn.sent();
  else signal.addEventListener('abort', turn.sent, { once: true });
  return body;
}

function valuesIn(text: string | undefined): RawValues | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AppError('bad-request', 'the query at /forms is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('bad-request', 'the query at /forms is no object of values');
  return { ...value };
}

/** Saved, never shown: as a page of this server it would be nobody's. */
const savedHeaders = (title: string): Readonly<Record<string, string>> => ({
  'content-disposition': `attachment; filename="report.html"; filename*=UTF-8''${encoded(fileName(title))}`,
});

const LONGEST_NAME = 80;
const fileName = (title: string): string =>
  `${
    title
      .replace(/[^\p{L}\p{N}\p{M}_ -]+/gu, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, LONGEST_NAME)
      .toWellFormed() || 'report'
  }.html`;
const encoded = (name: string): string =>
  encodeURIComponent(name).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
