import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { marker } from '../../../interpreters/protocol.ts';
import type { TextStream } from '../../../server/protocol/outputs.ts';
import { markerReader, textCollector } from '../../../server/sessions/text.ts';

/** Feeds `bytes` cut at the given places; the text, with each end marker as `<id>`. */
function readCut(bytes: Buffer, cuts: readonly number[]): string {
  const read = markerReader();
  const places = [...new Set([0, ...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return places
    .slice(1)
    .flatMap((place, index) => read(bytes.subarray(places[index], place)))
    .map((piece) => ('end' in piece ? `<${piece.end}>` : piece.text))
    .join('');
}

describe('text of a process', () => {
  it('loses its markers and keeps everything else, wherever it is cut', () => {
    const part = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.constantFrom('\u0000', '\u0000gondola:', '\u0000gondola:end:', '\u0000\n', '한국어', '🚡'),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), fc.array(fc.nat(), { maxLength: 12 }), (parts, cuts) => {
        const text = parts.join('|');
        const bytes = Buffer.from(`${text}${marker('abc')}`);
        const read = readCut(bytes, cuts);
        expect(read).toBe(`${Buffer.from(text).toString()}<abc>`);
      }),
    );
  });

  it('keeps what only begins like a marker', () => {
    const text = `\u0000gondola:end:${'x'.repeat(60)}\u0000\n\u0000gondola:enough`;
    expect(readCut(Buffer.from(`${text}.`), [3, 9, 40])).toBe(`${text}.`);
  });

  it('ends a cut character at a marker with a replacement', () => {
    const bytes = Buffer.concat([Buffer.from('한').subarray(0, 2), Buffer.from(marker('r'))]);
    expect(readCut(bytes, [1])).toBe('\ufffd<r>');
  });
});

describe('the text of a run', () => {
  function collect(limit = 100, ordered = 10) {
    const sent: [TextStream, string][] = [];
    let due: (() => void) | undefined;
    const collector = textCollector({
      emit: (stream, text) => sent.push([stream, text]),
      later: (call) => {
        due = call;
        return () => {
          due = undefined;
        };
      },
      everyMs: 20,
      limit,
      ordered,
    });
    return { collector, sent, pass: () => due?.(), isDue: () => due !== undefined };
  }

  it('goes out at once when nothing was sent for a while, then gathered', () => {
    const { collector, sent, pass } = collect();
    collector.push('stdout', 'a');
    expect(sent).toEqual([['stdout', 'a']]);
    collector.push('stdout', 'b');
    collector.push('stderr', '!');
    collector.push('stdout', 'c');
    expect(sent.length).toBe(1);
    pass();
    expect(sent.slice(1)).toEqual([
      ['stdout', 'b'],
      ['stderr', '!'],
      ['stdout', 'c'],
    ]);
    pass();
    collector.push('stdout', 'd');
    expect(sent.at(-1)).toEqual(['stdout', 'd']);
  });

  it('keeps the order of its streams for so many turns, and each stream its own for ever', () => {
    const { collector, sent, pass } = collect(undefined, 4);
    for (const text of ['1', '2', '3', '4', '5', '6', '7', '8']) {
      collector.push(Number(text) % 2 === 1 ? 'stdout' : 'stderr', text);
    }
    pass();
    expect(sent).toEqual([
      ['stdout', '1'],
      ['stderr', '2'],
      ['stdout', '357'],
      ['stderr', '468'],
    ]);
  });

  it('is flushed before something else is shown, and at the end', () => {
    const { collector, sent, isDue } = collect();
    collector.push('stdout', 'a');
    collector.push('stdout', 'b');
    collector.flush();
    expect(sent.at(-1)).toEqual(['stdout', 'b']);
    collector.push('stdout', 'c');
    collector.end();
    expect(sent.at(-1)).toEqual(['stdout', 'c']);
    expect(isDue()).toBe(false);
    collector.push('stdout', 'late');
    expect(sent.at(-1)).toEqual(['stdout', 'c']);
  });

  it('is cut at the limit of all streams together, and says what is missing', () => {
    const { collector, sent } = collect(10);
    collector.push('stdout', '12345678');
    collector.push('stderr', 'abcdef');
    collector.end();
    expect(sent.slice(0, 2)).toEqual([
      ['stdout', '12345678'],
      ['stderr', 'ab'],
    ]);
    expect(sent[2]?.[1]).toContain('4 more characters');
  });
});
