/**
 * Text on its way out. Each passing of the isolate's border costs some microseconds, so what comes in bursts is gathered;
 * a line now and then goes at once, so that a long computation shows what it prints.
 */
type Text = 'stdout' | 'stderr' | 'value';

/** Characters that go at once within `BURST_MS`; what comes faster is gathered up to `HELD`. */
const BURST = 16 * 1024;
const BURST_MS = 10;
const HELD = 64 * 1024;

export function gatherText(options: {
  readonly now: () => number;
  readonly send: (stream: Text, text: string) => void;
}): { print(stream: Text, text: string): void; flush(): void } {
  let held: { stream: Text; text: string }[] = [];
  let characters = 0;
  let began = 0;
  let burst = 0;

  const flush = (): void => {
    if (held.length === 0) return;
    const list = held;
    held = [];
    characters = 0;
    for (const { stream, text } of list) options.send(stream, text);
  };
  return {
    print(stream, text) {
      const now = options.now();
      if (now - began > BURST_MS) {
        began = now;
        burst = 0;
      }
      burst += text.length;
      if (burst <= BURST) {
        flush();
        options.send(stream, text);
        return;
      }
      const last = held.at(-1);
      if (last?.stream === stream) last.text += text;
      else held.push({ stream, text });
      characters += text.length;
      if (characters > HELD) flush();
    },
    flush,
  };
}
