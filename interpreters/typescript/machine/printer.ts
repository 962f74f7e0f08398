/**
 * What a run prints and shows, as events in one order. Text is gathered for a moment, so that a chatty run makes few
 * events, and goes out ahead of whatever comes behind it.
 */
import type { Event, OutputEvent } from '../../protocol.ts';
import type { Sent } from '../realm/outer.ts';

export type Printer = {
  text(stream: 'stdout' | 'stderr' | 'value', text: string): void;
  show(message: Extract<Sent, { kind: 'text' | 'show' }>): void;
  flush(): void;
};

/** The first text goes at once, later text this often: as often as the server looks. */
const GATHER_MS = 10;
/** Characters of one event: well within a line of the protocol, escapes included. */
const MAX_EVENT = 256 * 1024;

export function openPrinter(run: string, context: { emit(event: Event): void }): Printer {
  let gathered: { readonly stream: 'stdout' | 'stderr' | 'value'; readonly parts: string[] }[] = [];
  let characters = 0;
  let timer: NodeJS.Timeout | undefined;

  const output = (one: OutputEvent): void => context.emit({ type: 'output', run, output: one });
  const send = (): void => {
    const list = gathered;
    gathered = [];
    characters = 0;
    for (const { stream, parts } of list) {
      const text = parts.join('');
      for (let at = 0; at < text.length; at += MAX_EVENT) {
        output({ kind: 'text', stream, text: text.slice(at, at + MAX_EVENT) });
      }
    }
  };
  const printer: Printer = {
    text(stream, text) {
      const last = gathered.at(-1);
      if (last?.stream === stream) last.parts.push(text);
      else gathered.push({ stream, parts: [text] });
      characters += text.length;
      if (characters > MAX_EVENT) send();
      if (timer) return;
      send();
      timer = setTimeout(() => {
        timer = undefined;
        send();
      }, GATHER_MS);
    },
    show(message) {
      if (message.kind === 'text') return printer.text(message.stream, message.text);
      send();
      output(message.output);
    },
    flush() {
      clearTimeout(timer);
      timer = undefined;
      send();
    },
  };
  return printer;
}
