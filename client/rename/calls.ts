/** The API's call about names of results; its answer is parsed here. */
import { type NotebookId, type ParagraphId, parseId } from '../../server/protocol/ids.ts';
import type { LeftWhy, RenamePlan, TextEdit } from '../../server/protocol/rename.ts';
import { type Answer, call, json, record, string } from '../api.ts';

export type RenameAsk = { readonly from: string; readonly to: string; readonly paragraph?: ParagraphId };

export const readRenamePlan = (notebook: NotebookId, ask: RenameAsk): Promise<Answer<RenamePlan>> =>
  call(`/notebooks/${notebook}/rename-plan`, json('POST', { ...ask }), (value) => {
    const { owner, texts, forms, left } = record(value);
    if (!Array.isArray(texts)) return undefined;
    const of = parseId<ParagraphId>(owner);
    return {
      ...(of ? { owner: of } : {}),
      texts: texts.flatMap((one) => {
        const { paragraph, source, edits } = record(one);
        const id = parseId<ParagraphId>(paragraph);
        return id && typeof source === 'string' ? [{ paragraph: id, source, edits: editsOf(edits) }] : [];
      }),
      forms: list(forms).flatMap((one) => {
        const { form, source, edits } = record(one);
        return typeof form === 'string' && typeof source === 'string' ? [{ form, source, edits: editsOf(edits) }] : [];
      }),
      left: list(left).flatMap((one): RenamePlan['left'] => {
        const { paragraph, form, why } = record(one);
        const id = parseId<ParagraphId>(paragraph);
        const reason = WHY.find((known) => known === why) ?? 'doubt';
        const name = string(form);
        if (id) return [{ paragraph: id, why: reason }];
        return name === undefined ? [] : [{ form: name, why: reason }];
      }),
    };
  });

const WHY: readonly LeftWhy[] = ['doubt', 'clash', 'unread'];

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const editsOf = (value: unknown): readonly TextEdit[] =>
  list(value).flatMap((one) => {
    const { start, end, text } = record(one);
    return typeof start === 'number' && typeof end === 'number' && typeof text === 'string'
      ? [{ start, end, text }]
      : [];
  });
