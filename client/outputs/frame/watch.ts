/**
 * Which frame holds up the others. Browsers give all frames of a page one process: one that never ends its styles or its
 * drawing silences all of them, and only the page is left to tell. Each is asked at every tick; those that answer nothing for
 * long are looked into, the likeliest culprit taken away first. Where that frees the others, it was the one. Where not, as
 * no browser ends a drawing that is under way, all are taken away, which ends their process, and come back one by one: which
 * of them then falls silent is the one; if none does, it was the first after all. Nobody else is stopped.
 *
 * Pure: `tick` is told by a clock from outside, and whether it was on time. A late one says that the machine is busy, and
 * counts against no frame.
 */

/** Ticks without an answer: laying out 2 MB of HTML takes some seconds of a slow machine. */
export const MOST_SILENT = 12;
/** Ticks for the others to answer after a suspect has gone. */
export const GRACE = 3;
/** Of one that came back, so that what it draws has been drawn: ticks with answers. */
export const WELL = 2;

export type Member = {
  ping(): void;
  /** Takes its frame away; it may come back. */
  aside(): void;
  /** `now`: alone, out of turn. */
  again(now: boolean): void;
  /** It was the one. */
  stop(): void;
};

/** What a frame tells of itself. */
export type Watched = {
  /** It stands in the page. */
  opened(): void;
  /** It has what it is to show. */
  loaded(): void;
  answered(): void;
  /** It shows it. */
  shown(): void;
  /** It came into view, or somebody did something in it. */
  touched(): void;
  left(): void;
};

type Entry = {
  readonly member: Member;
  state: 'waiting' | 'opening' | 'loaded' | 'shown' | 'aside';
  /** When it last began something, as a count. */
  since: number;
  silent: number;
  well: number;
  heard: boolean;
};

type Mode =
  | { readonly kind: 'calm' }
  | {
      readonly kind: 'asking';
      readonly chief: Entry;
      readonly others: readonly Entry[];
      readonly doubt: boolean;
      ticks: number;
    }
  | {
      readonly kind: 'trial';
      readonly chief: Entry;
      readonly queue: Entry[];
      readonly doubt: boolean;
      tried: Entry | undefined;
    };

export type Watch = {
  join(member: Member): Watched;
  tick(onTime: boolean): void;
  /** Whether nobody is looked for: what is opened meanwhile would be held up, or be taken for the one. */
  isCalm(): boolean;
  readonly size: number;
};

export function createWatch(): Watch {
  const entries = new Set<Entry>();
  let mode: Mode = { kind: 'calm' };
  let clock = 0;
  /** One left unheard, and those that remain may be held up by it still. */
  let fled = false;

  const now = (): number => {
    clock += 1;
    return clock;
  };
  const isSilent = (entry: Entry): boolean => entry.state !== 'aside' && entry.silent >= MOST_SILENT;
  function aside(entry: Entry): void {
    entry.state = 'aside';
    entry.member.aside();
  }
  function again(entry: Entry): void {
    if (!entries.has(entry) || entry.state !== 'aside') return;
    Object.assign(entry, { state: 'waiting', silent: 0, well: 0, heard: false });
    entry.member.again(mode.kind !== 'calm');
  }
  /** One is found, or none; the rest is as before. */
  function settle(culprit: Entry | undefined): void {
    mode = { kind: 'calm' };
    fled = false;
    if (culprit && entries.delete(culprit)) culprit.member.stop();
    for (const entry of entries) again(entry);
  }

  function ask(onTime: boolean): void {
    for (const entry of entries) {
      // What loads may take its time, unless one has left that may hold it up.
      if (entry.state === 'opening' && fled && onTime) entry.silent += 1;
      if (entry.state !== 'loaded' && entry.state !== 'shown') continue;
      if (entry.heard) {
        entry.silent = 0;
        if (entry.state === 'shown') entry.well += 1;
      } else if (onTime) entry.silent += 1;
      entry.heard = false;
      entry.member.ping();
    }
  }

  function look(): void {
    if (![...entries].some(isSilent)) return;
    // One that fell silent a tick later is held up by it, or holds it up.
    const silent = [...entries].filter(({ state, silent }) => state !== 'aside' && silent > 0).sort(bySuspicion);
    const [chief, ...others] = silent;
    if (!chief) return;
    aside(chief);
    const held = [...entries].filter((entry) => entry.state === 'opening' && !others.includes(entry));
    if (others.length + held.length === 0) settle(fled ? undefined : chief);
    else mode = { kind: 'asking', chief, others: [...others, ...held], doubt: fled, ticks: 0 };
  }

  function judge({ chief, others, doubt, ticks }: Extract<Mode, { kind: 'asking' }>, onTime: boolean): void {
    const left = others.filter((entry) => entries.has(entry));
    if (left.some((entry) => entry.silent === 0 && entry.state !== 'opening')) {
      settle(chief);
      return;
    }
    if (ticks < GRACE) {
      mode = { kind: 'asking', chief, others: left, doubt, ticks: ticks + (onTime ? 1 : 0) };
      return;
    }
    // Whatever loads there is held up too, and keeps the process.
    const all = [...entries].filter(({ state }) => state !== 'aside' && state !== 'waiting').sort(bySuspicion);
    for (const entry of all) aside(entry);
    mode = { kind: 'trial', chief, queue: all.toReversed(), doubt, tried: undefined };
  }

  function retry(trial: Extract<Mode, { kind: 'trial' }>): void {
    const { chief, queue, doubt, tried } = trial;
    const [culprit] = [...entries].filter(isSilent).sort(bySuspicion);
    if (culprit) {
      // Who came back before it is held up again.
      for (const entry of entries) if (entry.state !== 'aside') aside(entry);
      settle(culprit);
      return;
    }
    if (tried && entries.has(tried) && tried.well < WELL) return;
    const next = queue.shift();
    trial.tried = next;
    if (next) again(next);
    else settle(doubt ? undefined : chief);
  }

  return {
    join(member) {
      const entry: Entry = { member, state: 'waiting', since: now(), silent: 0, well: 0, heard: false };
      entries.add(entry);
      return {
        opened() {
          if (entry.state === 'waiting') entry.state = 'opening';
        },
        loaded() {
          if (entry.state !== 'opening') return;
          entry.state = 'loaded';
          entry.silent = 0;
          entry.since = now();
        },
        answered() {
          entry.heard = true;
          fled = false;
        },
        shown() {
          if (entry.state !== 'loaded') return;
          entry.state = 'shown';
          entry.since = now();
        },
        touched() {
          entry.since = now();
        },
        left() {
          // It may have been the one: then nothing can be said of the others any more.
          if (!entries.delete(entry)) return;
          const isDoubtful =
            mode.kind !== 'calm' || (!entry.heard && (entry.state === 'loaded' || entry.state === 'shown'));
          if (mode.kind !== 'calm') settle(undefined);
          fled ||= isDoubtful;
        },
      };
    },
    tick(onTime) {
      ask(onTime);
      if (mode.kind === 'asking') judge(mode, onTime);
      else if (mode.kind === 'trial') retry(mode);
      else look();
    },
    isCalm: () => mode.kind === 'calm',
    get size() {
      return entries.size;
    },
  };
}

/**
 * Of those that have shown nothing yet the first that was told to, as the later ones wait for it; then the last that showed
 * something or was touched.
 */
function bySuspicion(a: Entry, b: Entry): number {
  if (a.state !== b.state) return a.state === 'loaded' ? -1 : 1;
  return a.state === 'loaded' ? a.since - b.since : b.since - a.since;
}
