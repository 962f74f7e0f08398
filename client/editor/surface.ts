/**
 * One paragraph's text on the page: paper that shows it, a plain field over the paper that takes what is typed at once,
 * and Monaco in the field's place once somebody writes here and pauses. All three edit the same Y.Text; whoever holds
 * the caret hands it on. Elements and listeners only: `Source.tsx` is the shell. Longer than most files, because the three
 * hand one caret, one focus and one composition to each other: apart, each would have to know the others.
 */
import type * as Y from 'yjs';
import type { ParagraphId } from '../../server/protocol/ids.ts';
import type { ErrorOutput } from '../../server/protocol/outputs.ts';
import type { LiveNotebook } from '../live/contract.ts';
import { outputs as words } from '../words/outputs.ts';
import { comment, createArea, indent, write } from './area.ts';
import { bring } from './colour.ts';
import { commentMark } from './comments.ts';
import type { EditorCommand, SourceProps } from './contract.ts';
import { bindField, type Field } from './field.ts';
import { type Caret, commandOf, pressOf } from './keys.ts';
import { enterAt } from './lists.ts';
import type { Mounted } from './monaco.ts';
import { beginning, createPaper, LARGE, observeLetters } from './paper.ts';
import { listenToPointer } from './pointer.ts';
import { encodePlace, type Remote, remotesIn, throttle } from './presence.ts';
import type { Analyst } from './typescript/contract.ts';

export type SurfaceOptions = {
  readonly live: Pick<
    LiveNotebook,
    'doc' | 'awareness' | 'origin' | 'undo' | 'on' | 'save' | 'complete' | 'check' | 'tables' | 'present'
  >;
  readonly analyst: Analyst;
  readonly paragraph: ParagraphId;
  readonly text: Y.Text;
  readonly interpreter: () => string;
  readonly label: string;
  readonly errors: () => readonly ErrorOutput[];
  readonly complete: SourceProps['complete'];
  readonly onCommand: (command: EditorCommand) => void;
  readonly onFocus: () => void;
  readonly mac: boolean;
};

export type Surface = {
  edit(caret: 'start' | 'end' | number | undefined): void;
  leave(): void;
  /** The interpreter, the errors or the placeholder changed. */
  refresh(): void;
  release(): void;
};

/** Loading and mounting Monaco stops the page for a moment: it waits until nobody types or clicks for so long. */
const PAUSE_MS = 350;
/** An editor that lost the focus stays a little, for the way back. */
const KEEP_MS = 5_000;
/** Carets of others follow closely enough, and a socket is not flooded by a held arrow key. */
const PRESENCE_MS = 60;

export function createSurface(host: HTMLElement, options: SurfaceOptions): Surface {
  const { live, text, paragraph } = options;
  const paper = createPaper();
  const area = createArea(host.ownerDocument, options.label);
  host.append(paper.element, area);

  const abort = new AbortController();
  let field: Field | undefined;
  let monaco: Mounted | undefined;
  let box: HTMLElement | undefined;
  let released = false;
  let upgrade: ReturnType<typeof setTimeout> | undefined;
  let downgrade: ReturnType<typeof setTimeout> | undefined;
  let pressed = false;
  /** Something was written in the plain field since it has the focus. */
  let typed = false;
  /** Marks lie where the letters are: they are placed anew when those move. */
  let letters: (() => void) | undefined;

  const large = (): boolean => text.length > LARGE;
  const focused = (): boolean => monaco?.focused ?? host.ownerDocument.activeElement === area;

  function draw(): void {
    if (field && large() && !focused()) {
      field.release();
      field = undefined;
      area.hidden = true;
      area.value = '';
    }
    const shown = field ? area.value : text.toString();
    host.toggleAttribute('data-empty', shown === '');
    host.toggleAttribute('data-large', large());
    const remotes = remotesIn(live.awareness, paragraph, text);
    // Monaco shows the text itself; below it the paper only carries the places of others.
    if (monaco) paper.show(remotes.length > 0 ? shown : '', 'plain');
    else paper.show(large() ? beginning(shown) : shown, options.interpreter());
    mark(remotes);
  }

  function mark(remotes: readonly Remote[]): void {
    const errors = monaco ? [] : options.errors();
    paper.marks(remotes, errors);
    if (remotes.length + errors.length > 0) letters ??= observeLetters(host, draw);
  }

  /** A field of megabytes would stop the page: such a text waits for Monaco, which draws what is seen of it. */
  function bind(): void {
    area.hidden = large();
    if (area.hidden) return;
    field = bindField(area, text, { origin: live.origin, undo: live.undo, onText: draw });
  }

  const publish = throttle(() => {
    if (released || !focused()) return;
    const { anchor, head } = selection();
    live.present({ paragraph, anchor: encodePlace(text, anchor), head: encodePlace(text, head) });
  }, PRESENCE_MS);

  function selection(): { anchor: number; head: number } {
    if (monaco) return monaco.selection;
    const { selectionStart, selectionEnd, selectionDirection } = area;
    return selectionDirection === 'backward'
      ? { anchor: selectionEnd, head: selectionStart }
      : { anchor: selectionStart, head: selectionEnd };
  }

  function caret(): Caret {
    if (monaco) {
      const { anchor, head } = monaco.selection;
      const [start, end] = [Math.min(anchor, head), Math.max(anchor, head)];
      return { start, end, length: text.length, ...edges(monaco.firstLine, monaco.lastLine), busy: monaco.busy };
    }
    const { selectionStart: start, selectionEnd: end } = area;
    const first = Math.abs(paper.topOf(start) - paper.topOf(0)) < 2;
    const last = Math.abs(paper.topOf(end) - paper.topOf(area.value.length)) < 2;
    return { start, end, length: area.value.length, ...edges(first, last), busy: false };
  }
  const edges = (firstLine: boolean, lastLine: boolean) => ({ firstLine, lastLine });

  /** Asks for Monaco once this stays in use and quiet. */
  function soon(): void {
    clearTimeout(upgrade);
    if (monaco || released || !focused()) return;
    upgrade = setTimeout(() => void mountMonaco(false), PAUSE_MS);
  }

  async function mountMonaco(wanted: boolean): Promise<void> {
    const monacoFiles = await import('./monaco.ts').catch(() => undefined);
    // The server is away, and this browser never had these files: the field serves until the page is opened anew.
    if (!monacoFiles) return;
    const place = host.ownerDocument.createElement('div');
    place.className = 'source-monaco';
    const create = await monacoFiles.mount({
      host: place,
      text,
      interpreter: options.interpreter(),
      label: options.label,
      origin: live.origin,
      undo: live.undo,
      ...selection(),
      scrolls: large(),
      paragraph,
      analyst: options.analyst,
      complete: async (source, offset) =>
        options.complete?.(source, offset) ?? live.complete(paragraph, source, offset),
      live,
      check: (source) => live.check(paragraph, source),
      tables: () => live.tables(),
      onHeight: (height) => {
        host.style.minHeight = large() ? '' : `${height}px`;
      },
      onSelection: () => publish.call(),
      onFocus: entered,
      onBlur: left,
      onDispose: back,
    });
    if (released || monaco || field?.composing || (!wanted && (pressed || !focused()))) {
      soon();
      return;
    }
    const { anchor, head } = selection();
    field?.release();
    field = undefined;
    box = place;
    host.append(place);
    host.setAttribute('data-editor', '');
    monaco = create();
    monaco.select(anchor, head);
    monaco.focus();
    area.hidden = true;
    monaco.setErrors(options.errors());
    draw();
    if (typed && /[\w'"./$]$/.test(text.toString().slice(0, head))) monaco.suggest();
  }

  /** Monaco is gone: the field takes over where it was. */
  function back(): void {
    if (!monaco) return;
    monaco = undefined;
    box?.remove();
    box = undefined;
    clearTimeout(downgrade);
    host.removeAttribute('data-editor');
    host.style.minHeight = '';
    if (released) return;
    bind();
    draw();
  }

  function entered(): void {
    clearTimeout(downgrade);
    host.setAttribute('data-focused', '');
    options.onFocus();
    publish.call();
    soon();
  }

  function left(): void {
    clearTimeout(upgrade);
    host.removeAttribute('data-focused');
    clearTimeout(downgrade);
    if (!monaco) return;
    downgrade = setTimeout(() => {
      if (!monaco || monaco.focused) return;
      const { anchor, head } = monaco.selection;
      monaco.dispose();
      area.setSelectionRange(Math.min(anchor, head), Math.max(anchor, head));
    }, KEEP_MS);
  }

  function key(event: KeyboardEvent): void {
    soon();
    const press = pressOf(event, options.mac);
    const command = commandOf(press, caret);
    if (command) {
      event.preventDefault();
      event.stopPropagation();
      monaco?.quiet();
      options.onCommand(command);
    } else if (press.key === 'Enter' && !press.composing && options.interpreter() === 'markdown' && goOnWithList()) {
      event.preventDefault();
      event.stopPropagation();
    } else if (press.command && press.code === 'Slash' && !press.alt && !monaco && !press.composing) {
      const mark = commentMark(options.interpreter());
      if (mark === undefined) return;
      event.preventDefault();
      comment(area, mark);
    } else if (press.key === 'Tab' && !monaco && !press.composing && !press.command && !press.alt) {
      event.preventDefault();
      indent(area, press.shift);
    }
  }

  function goOnWithList(): boolean {
    const { anchor, head } = selection();
    if (anchor !== head || head === 0 || monaco?.busy) return false;
    const all = field ? area.value : text.toString();
    const end = all.indexOf('\n', head);
    const before = all.slice(all.lastIndexOf('\n', head - 1) + 1, head);
    const entered = enterAt(before, all.slice(head, end < 0 ? undefined : end));
    if (!entered) return false;
    if (monaco) monaco.replace(head - entered.drop, head, entered.write);
    else write(area, head - entered.drop, head, entered.write);
    return true;
  }

  const on = <K extends keyof HTMLElementEventMap>(
    target: HTMLElement,
    type: K,
    act: (event: HTMLElementEventMap[K]) => void,
    capture = false,
  ): void => target.addEventListener(type, act, { signal: abort.signal, capture });
  on(host, 'keydown', key, true);
  on(area, 'focus', () => {
    typed = false;
    entered();
  });
  on(area, 'blur', left);
  on(area, 'input', () => {
    typed = true;
    soon();
  });
  on(area, 'beforeinput', (event) => {
    if (event.inputType !== 'historyUndo' && event.inputType !== 'historyRedo') return;
    event.preventDefault();
    options.onCommand({ type: event.inputType === 'historyUndo' ? 'undo' : 'redo' });
  });
  on(host, 'pointerdown', () => {
    pressed = true;
    const up = (): void => {
      pressed = false;
      soon();
    };
    addEventListener('pointerup', up, { once: true, signal: abort.signal });
    addEventListener('pointercancel', up, { once: true, signal: abort.signal });
  });
  host.ownerDocument.addEventListener(
    'selectionchange',
    () => {
      if (!monaco && focused()) publish.call();
    },
    { signal: abort.signal },
  );

  const unpoint = listenToPointer(paper.element, {
    text: paper.text,
    value: () => (field ? area.value : text.toString()),
    onSelect: (anchor, head) => {
      if (area.hidden) {
        void mountMonaco(true);
        return;
      }
      if (host.ownerDocument.activeElement !== area) area.focus({ preventScroll: true });
      area.setSelectionRange(Math.min(anchor, head), Math.max(anchor, head), head < anchor ? 'backward' : 'forward');
    },
  });
  const observe = (): void => {
    if (!field) draw();
  };
  let shownRemotes = 0;
  const others = ({ added, updated, removed }: Record<'added' | 'updated' | 'removed', number[]>): void => {
    const own = live.awareness.clientID;
    if (![...added, ...updated, ...removed].some((client) => client !== own)) return;
    const remotes = remotesIn(live.awareness, paragraph, text);
    if (remotes.length === 0 && shownRemotes === 0) return;
    shownRemotes = remotes.length;
    draw();
  };
  bind();
  text.observe(observe);
  live.awareness.on('change', others);
  draw();
  void bring(options.interpreter()).then((brought) => {
    if (brought && !released) draw();
  });

  return {
    edit: (caret) => {
      const at = caret === 'start' ? 0 : caret === 'end' ? text.length : caret;
      if (monaco) {
        if (at !== undefined) monaco.select(at, at);
        // Monaco learns late that it lost the focus: whoever comes back at once would stand beside it.
        const active = host.ownerDocument.activeElement;
        if (!host.contains(active) && !active?.closest('.source-overflow')) monaco.focus();
        return;
      }
      if (area.hidden) {
        void mountMonaco(true);
        return;
      }
      if (host.ownerDocument.activeElement !== area) area.focus({ preventScroll: true });
      if (at !== undefined) area.setSelectionRange(at, at);
    },
    leave: () => {
      const active = host.ownerDocument.activeElement;
      if (active instanceof HTMLElement && host.contains(active)) active.blur();
    },
    refresh: () => {
      monaco?.setErrors(options.errors());
      monaco?.setInterpreter(options.interpreter());
      draw();
    },
    release: () => {
      released = true;
      clearTimeout(upgrade);
      clearTimeout(downgrade);
      publish.release();
      abort.abort();
      letters?.();
      unpoint();
      text.unobserve(observe);
      live.awareness.off('change', others);
      field?.release();
      monaco?.dispose();
      host.textContent = '';
    },
  };
}

export const labelOf = (interpreter: string): string => (interpreter === 'markdown' ? words.prose : words.code);
