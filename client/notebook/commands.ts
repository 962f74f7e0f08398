/**
 * From what was asked (a key, a menu, the palette, an editor) to what is done: one exhaustive switch. Everything it needs
 * is passed in, so that tests ask commands of a document without a page.
 */
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { EditorCommand } from '../editor/contract.ts';
import * as edits from './edits.ts';
import { runs as runsAt } from './interpreters.ts';
import type { Asked, Command } from './keys.ts';
import * as running from './running.ts';

export type Surroundings = edits.Editing &
  running.Running & {
    readonly writable: () => boolean;
    readonly reveal: (id: ParagraphId) => void;
    /** What needs a page: dialogs, panels, the clipboard, other addresses. */
    readonly page: (command: PageCommand, at: ParagraphId | undefined) => void;
  };

export type PageCommand = Extract<
  Command,
  | 'palette'
  | 'find'
  | 'save'
  | 'tables'
  | 'keys'
  | 'interrupt'
  | 'restart'
  | 'restart-clear'
  | 'theme'
  | 'rename'
  | 'title'
  | 'home'
  | 'new-notebook'
  | 'download'
  | 'name'
  | 'widen'
  | 'copy-link'
>;

/** Those that change the text: a read-only page does none of them. */
const CHANGES: ReadonlySet<Command> = new Set([
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
  'title',
]);

export function perform(on: Surroundings, asked: Asked, target?: ParagraphId): void {
  const order = on.document.order();
  const at = target ?? on.focus.at();
  const chosen = target === undefined ? on.focus.selected() : [target];
  if ('interpreter' in asked) {
    if (on.writable()) edits.turnInto(on, chosen, asked.interpreter);
    return;
  }
  const command = asked.command;
  if (CHANGES.has(command) && !on.writable()) return;
  switch (command) {
    case 'run':
      settle(on, at);
      return void running.run(on, chosen);
    case 'run-advance':
      void running.run(on, chosen);
      return advance(on, chosen.at(-1));
    case 'run-insert':
      void running.run(on, chosen);
      settle(on, at);
      if (on.writable()) edits.insertAfter(on, chosen.at(-1));
      return;
    case 'run-above':
      return at === undefined ? running.runAll(on) : void running.run(on, running.upTo(order, at));
    case 'run-below':
      return at === undefined ? running.runAll(on) : void running.run(on, running.from(order, at));
    case 'run-all':
      return running.runAll(on);
    case 'stop':
      for (const id of chosen) running.stop(on, id);
      return;
    case 'stop-all':
      return running.stopAll(on);
    case 'leave':
      return leave(on, at);
    case 'edit':
      return at === undefined ? step(on, 1) : on.focus.edit(at, 'end');
    case 'next':
      return step(on, 1);
    case 'previous':
      return step(on, -1);
    case 'first':
      return go(on, order[0]);
    case 'last':
      return go(on, order.at(-1));
    case 'extend-next':
      return step(on, 1, true);
    case 'extend-previous':
      return step(on, -1, true);
    case 'insert-above':
      if (at === undefined) edits.insertAfter(on, undefined);
      else edits.insertBefore(on, chosen[0] ?? at);
      return;
    case 'insert-below':
      edits.insertAfter(on, chosen.at(-1) ?? at ?? order.at(-1));
      return;
    case 'delete':
      return edits.remove(on, chosen);
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
      return void on.live.undo.undo();
    case 'redo':
      return void on.live.undo.redo();
    default:
      return on.page(command, at);
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
      return perform(on, { command: command.type }, id);
    case 'run-and-advance':
      return perform(on, { command: 'run-advance' }, id);
    case 'run-and-insert':
      return perform(on, { command: 'run-insert' }, id);
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
      return perform(on, { command: 'merge-up' }, id);
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
    if (on.writable()) edits.insertAfter(on, from ?? order.at(-1));
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
