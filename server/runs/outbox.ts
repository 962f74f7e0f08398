/**
 * Events of a notebook's runs on their way to its viewers, in one order. An event may wait for what it promises to be
 * durable (`hold`): those behind it wait with it, so that nobody sees a run start before the one ahead has ended. The
 * first text of a quiet moment goes at once; under a flood neighbours are joined and sent at most every `PACE`.
 */
import type { RunEvent } from '../protocol/runs.ts';

/** A frame of a 60 Hz screen: faster is not seen, and each delivery costs a write per socket. */
const PACE = 16;

export interface Outbox {
  push(event: RunEvent): void;
  /** Takes this place for the events that come; the promise does not reject. */
  hold(events: Promise<readonly RunEvent[]>): void;
  /** Sends what may be sent, and no more on a timer. */
  close(): void;
}

type Place = { events: readonly RunEvent[] | undefined };

/** Calls `send` later; returns the release. */
export type Later = (send: () => void, ms: number) => () => void;

const onTimer: Later = (send, ms) => {
  const timer = setTimeout(send, ms);
  return () => clearTimeout(timer);
};

export function createOutbox(
  deliver: (events: readonly RunEvent[]) => void,
  now: () => number,
  later: Later = onTimer,
): Outbox {
  let places: Place[] = [];
  let soon = false;
  let release: (() => void) | undefined;
  let sentAt = Number.NEGATIVE_INFINITY;

  function send(): void {
    release?.();
    release = undefined;
    const blocked = places.findIndex((place) => place.events === undefined);
    const ready = blocked === -1 ? places : places.slice(0, blocked);
    if (ready.length === 0) return;
    places = blocked === -1 ? [] : places.slice(blocked);
    sentAt = now();
    deliver(joined(ready.flatMap((place) => place.events ?? [])));
  }

  function schedule(patient: boolean): void {
    const wait = patient ? PACE - (now() - sentAt) : 0;
    if (wait > 0) {
      release ??= later(send, wait);
      return;
    }
    if (soon) return;
    soon = true;
    queueMicrotask(() => {
      soon = false;
      send();
    });
  }

  return {
    push(event) {
      places.push({ events: [event] });
      schedule(event.type === 'text' || event.type === 'progress');
    },
    hold(events) {
      const place: Place = { events: undefined };
      places.push(place);
      void events.then((ready) => {
        place.events = ready;
        schedule(false);
      });
    },
    close: send,
  };
}

/** Neighbouring texts of one run and stream as one; of neighbouring progress the last. */
export function joined(events: readonly RunEvent[]): readonly RunEvent[] {
  const out: RunEvent[] = [];
  let texts: string[] = [];
  const settle = (): void => {
    const last = out.at(-1);
    if (texts.length > 1 && last?.type === 'text') out[out.length - 1] = { ...last, text: texts.join('') };
    texts = [];
  };
  for (const event of events) {
    const last = out.at(-1);
    if (event.type === 'text' && last?.type === 'text' && last.id === event.id && last.stream === event.stream) {
      texts.push(event.text);
      if (event.omitted) out[out.length - 1] = { ...last, omitted: (last.omitted ?? 0) + event.omitted };
    } else if (event.type === 'progress' && last?.type === 'progress' && last.id === event.id) {
      out[out.length - 1] = event;
    } else {
      settle();
      if (event.type === 'text') texts.push(event.text);
      out.push(event);
    }
  }
  settle();
  return out;
}
