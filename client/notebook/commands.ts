/**
 * From what was asked (a key, a menu, the palette, an editor) to what is done: one exhaustive switch. Everything it needs
 * is passed in, so that tests ask commands of a document without a page.
 */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { EditorCommand } from '../editor/contract.ts';
import * as edits from './edits.ts';
import { runs as runsAt } from './interpreters.ts';
import type { Command, KeyAction } from './keys.ts';
import * as running from './running.ts';

export type Surroundings = edits.Editing &
  running.Running & {
    readonly writable: () => boolean;
    readonly runnable: () => boolean;
    /** These are left or run: what stands at their start counts. */
    readonly settleMagic: (ids: readonly ParagraphId[]) => void;
    readonly reveal: (id: ParagraphId) => void;
    /** What needs a page: dialogs, panels, the clipboard, other addresses. */
    readonly page: (command: PageCommand, at: ParagraphId | undefined, offset?: number) => void;
  };

export type PageCommand = Extract<
  Command,
  | 'palette'
  | 'find'
  | 'save'
  | 'tables'
  | 'history'
  | 'graph'
  | 'run-stale'
  | 'run-needs'
  | 'use-kept'
  | 'runs'
  | 'keys'
  | 'interrupt'
  | 'restart'
  | 'restart-clear'
  | 'discard'
  | 'theme'
  | 'rename'
  | 'title'
  | 'home'
  | 'new-notebook'
  | 'download'
  | 'download-report'
  | 'name'
  | 'format'
  | 'rename-result'
  | 'widen'
  | 'copy-link'
  | 'share'
  | 'embed'
  | 'forms'
>;

/** Those that change the text: a read-only page does none of them. */
export const CHANGES: ReadonlySet<Command> = new Set([
  'insert-above',
  'insert-below',
  'delete',
  'move-up',
  'move-down',
  'duplicate',
  'split',
  'merge-up',
  'undo',
  'redo',
  'name',
  'format',
  'rename-result',
  'title',
  'forms',
]);

/** Those of the session: a page of somebody who may not run does none of them, and offers none. */
export const RUNS: ReadonlySet<Command> = new Set([
  'run',
  'run-advance',
  'run-insert',
  'run-above',
  'run-below',
  'run-all',
  'run-stale',
  'run-needs',
  'use-kept',
  'stop',
  'stop-all',
  'interrupt',
  'restart',
  'restart-clear',
  'discard',
]);

const SETTLING: ReadonlySet<Command> = new Set(['run', 'run-advance', 'run-insert', 'run-above', 'leave']);

export function perform(on: Surroundings, asked: KeyAction, target?: ParagraphId): void {
  const order = on.document.order();
  const at = target ?? on.focus.at();
  const chosen = target === undefined ? on.focus.selected() : [target];
  if ('interpreter' in asked) {
    if (on.writable()) edits.turnInto(on, chosen, asked.interpreter);
    return;
  }
  const command = asked.command;
  if (SETTLING.has(command) && on.writable()) on.settleMagic(chosen);
  if (CHANGES.has(command) && !on.writable()) return;
  if (RUNS.has(command) && !on.runnable()) return;
  switch (command) {
    case 'run':
      settle(on, at);
      void running.run(on, chosen);
      return;
    case 'run-advance':
      void running.run(on, chosen);
      advance(on, chosen.at(-1));
      return;
    case 'run-insert':
      void running.run(on, chosen);
      settle(on, at);
      if (on.writable()) on.reveal(edits.insertAfter(on, chosen.at(-1)));
      return;
    case 'run-above':
      if (at === undefined) running.runAll(on);
      else void running.run(on, running.upTo(order, at));
      return;
    case 'run-below':
      if (at === undefined) running.runAll(on);
      else void running.run(on, running.from(order, at));
      return;
    case 'run-all':
      running.runAll(on);
      return;
    case 'stop':
      for (const id of chosen) running.stop(on, id);
      return;
    case 'stop-all':
      running.stopAll(on);
      return;
    case 'leave':
      leave(on, at);
      return;
    case 'edit':
      if (at === undefined) step(on, 1);
      else on.focus.edit(at, 'end');
      return;
    case 'next':
      step(on, 1);
      return;
    case 'previous':
      step(on, -1);
      return;
    case 'first':
      go(on, order[0]);
      return;
    case 'last':
      go(on, order.at(-1));
      return;
    case 'extend-next':
      step(on, 1, true);
      return;
    case 'extend-previous':
      step(on, -1, true);
      return;
    case 'insert-above':
      on.reveal(at === undefined ? edits.insertAfter(on, undefined) : edits.insertBefore(on, chosen[0] ?? at));
      return;
    case 'insert-below':
      on.reveal(edits.insertAfter(on, chosen.at(-1) ?? at ?? order.at(-1)));
      return;
    case 'delete':
      edits.remove(on, chosen);
      return;
    case 'move-up':
    case 'move-down':
      edits.move(on, chosen, command === 'move-up' ? -1 : 1);
      if (at) on.reveal(at);
      return;
    case 'duplicate':
      if (at) go(on, edits.duplicate(on, at));
      return;
    case 'split':
      if (at) edits.split(on, at, on.document.paragraph(at).source().length);
      return;
    case 'merge-up':
      if (at) edits.mergeUp(on, at);
      return;
    case 'undo':
      on.live.undo.undo();
      return;
    case 'redo':
      on.live.undo.redo();
      return;
    default:
      on.page(command, at);
      return;
  }
}

/** What a key in an editor means for the notebook. */
export function performEditor(on: Surroundings, id: ParagraphId, command: EditorCommand): void {
  const order = on.document.order();
  const index = order.indexOf(id);
  switch (command.type) {
    case 'run':
    case 'run-above':
    case 'undo':
    case 'redo':
    case 'find':
    case 'palette':
    case 'save':
    case 'leave':
    case 'format':
      perform(on, { command: command.type }, id);
      return;
    case 'rename-result':
      if (on.writable()) on.page(command.type, id, command.offset);
      return;
    case 'run-and-advance':
      perform(on, { command: 'run-advance' }, id);
      return;
    case 'run-and-insert':
      perform(on, { command: 'run-insert' }, id);
      return;
    case 'previous': {
      const above = order[index - 1];
      if (above) on.focus.edit(above, 'end');
      return;
    }
    case 'next': {
      const below = order[index + 1];
      if (below) on.focus.edit(below, 'start');
      return;
    }
    case 'split':
      if (on.writable()) edits.split(on, id, command.offset);
      return;
    case 'merge-up':
      perform(on, { command: 'merge-up' }, id);
      return;
    case 'insert-menu':
      return;
  }
}

/** Prose that was run reads as prose again. */
function settle(on: Surroundings, at: ParagraphId | undefined): void {
  if (at && on.focus.isEditing(at) && edits.isProse(on.document.paragraph(at).interpreter())) on.focus.select(at);
}

function advance(on: Surroundings, from: ParagraphId | undefined): void {
  const order = on.document.order();
  const next = from === undefined ? undefined : order[order.indexOf(from) + 1];
  if (next === undefined) {
    if (on.writable()) on.reveal(edits.insertAfter(on, from ?? order.at(-1)));
    else if (from) on.focus.select(from);
  } else if (on.focus.focus().mode === 'edit' && runsAt(on.document.paragraph(next).interpreter())) {
    on.focus.edit(next, 'end');
    on.reveal(next);
  } else go(on, next);
}

function leave(on: Surroundings, at: ParagraphId | undefined): void {
  if (at !== undefined) on.focus.select(at);
}

function step(on: Surroundings, by: 1 | -1, extend = false): void {
  const order = on.document.order();
  const at = on.focus.at();
  const index = at === undefined ? -1 : order.indexOf(at);
  const next = index < 0 ? order[by === 1 ? 0 : order.length - 1] : order[index + by];
  if (next === undefined) return;
  if (extend) on.focus.extend(next);
  else on.focus.select(next);
  on.reveal(next);
}

function go(on: Surroundings, id: ParagraphId | undefined): void {
  if (id === undefined) return;
  on.focus.select(id);
  on.reveal(id);
}
