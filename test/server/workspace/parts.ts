/** A room with a log in memory, files in memory, and a process that can be killed between any two steps of either. */
import * as Y from 'yjs';
import { paragraphsOf, readParagraphs, sourceOf } from '../../../server/protocol/document.ts';
import type { ParagraphId } from '../../../server/protocol/ids.ts';
import type { Base, Languages } from '../../../server/storage/format/base.ts';
import { decodeBase, encodeBase } from '../../../server/storage/format/base.ts';
import type { FileRoom } from '../../../server/workspace/contract.ts';
import { OpenFile } from '../../../server/workspace/file.ts';
import type { FileSteps } from '../../../server/workspace/steps.ts';

export const languages: Languages = { sql: 'sql' };
export const PATH = { absolute: '/w/sales.nb.md', relative: 'sales.nb.md' };

export class Killed extends Error {}

/** Counts the steps of one process; the `at`-th never happens, and nothing does after it. */
export class Life {
  steps = 0;
  at: number | undefined;
  dead = false;
  #die: () => void = () => {};
  /** Resolves when the process was killed: what it was doing never ends. */
  readonly died = new Promise<void>((resolve) => {
    this.#die = resolve;
  });
  /** Fails once at that step, and goes on. */
  failAt: number | undefined;

  async step<T>(work: () => T): Promise<T> {
    await Promise.resolve();
    if (this.dead) return new Promise(() => {});
    this.steps += 1;
    if (this.steps === this.at) {
      this.dead = true;
      this.#die();
      throw new Killed();
    }
    if (this.steps === this.failAt) throw new Error('EIO');
    return work();
  }
}

type LogEntry = { readonly update?: Uint8Array; readonly base?: Uint8Array };

/** What survives a process: log and files. */
export class Machine {
  readonly log: LogEntry[] = [];
  readonly files = new Map<string, { bytes: Uint8Array; written: number }>();
  readonly aside: string[] = [];
  clock = 0;

  write(text: string | Uint8Array, path = PATH.absolute): void {
    this.clock += 1;
    this.files.set(path, { bytes: Buffer.from(text), written: this.clock });
  }

  /** As an editor that writes into the file it has open. */
  writeInPlace(text: string): void {
    this.clock += 1;
    const file = this.files.get(PATH.absolute)!;
    file.bytes = Buffer.from(text);
    file.written = this.clock;
  }

  text(path = PATH.absolute): string | undefined {
    const file = this.files.get(path);
    return file && Buffer.from(file.bytes).toString();
  }
}

export function stepsOf(machine: Machine, life: Life, between: (step: string) => void = () => {}): FileSteps {
  const step = <T>(name: string, work: () => T): Promise<T> =>
    life.step(() => {
      const result = work();
      between(name);
      return result;
    });
  return {
    read: (path) => step('read', () => machine.files.get(path)?.bytes),
    stamp: (path) =>
      step('stamp', () => {
        const file = machine.files.get(path);
        return file && { changed: file.written, size: file.bytes.length, mark: String(file.written) };
      }),
    writeTemporary: (_, bytes) =>
      step('writeTemporary', () => {
        machine.files.set('/tmp/t', { bytes, written: 0 });
        return '/tmp/t';
      }),
    hold: (path) =>
      step('hold', () => {
        const file = machine.files.get(path);
        return file && { read: () => step('readHeld', () => file.bytes), close: async () => {} };
      }),
    replace: (temporary, path) =>
      step('replace', () => {
        machine.write(machine.files.get(temporary)!.bytes, path);
        machine.files.delete(temporary);
      }),
    setAside: (_, bytes) =>
      step('setAside', () => {
        machine.aside.push(Buffer.from(bytes).toString());
        return 'aside';
      }),
  };
}

export class FakeRoom implements FileRoom {
  readonly doc = new Y.Doc();
  readonly #machine: Machine;
  readonly #life: Life;

  constructor(machine: Machine, life: Life) {
    this.#machine = machine;
    this.#life = life;
    for (const { update } of machine.log) if (update) Y.applyUpdate(this.doc, update);
  }

  get bases(): readonly Base[] {
    return this.#machine.log.flatMap(({ base }) => (base ? [decodeBase(base)!] : [])).slice(-2);
  }

  saveBase(base: Base): Promise<void> {
    return this.#life.step(() => {
      this.#machine.log.push({ base: encodeBase(base) });
    });
  }

  saveImport(update: Uint8Array, base: Base): Promise<void> {
    return this.#life.step(() => {
      this.#machine.log.push({ update, base: encodeBase(base) });
      Y.applyUpdate(this.doc, update, 'file');
    });
  }

  /** A durable edit by somebody. */
  edit(change: (doc: Y.Doc) => void): void {
    const before = Y.encodeStateVector(this.doc);
    change(this.doc);
    this.#machine.log.push({ update: Y.encodeStateAsUpdate(this.doc, before) });
  }

  type(id: string, text: string, at?: number): void {
    this.edit((doc) => {
      const source = sourceOf(doc, id)!;
      source.insert(at ?? source.length, text);
    });
  }

  sources(): readonly string[] {
    return readParagraphs(this.doc).paragraphs.map(({ source }) => source);
  }

  ids(): readonly string[] {
    return readParagraphs(this.doc).paragraphs.map(({ id }) => id);
  }

  all(): readonly string[] {
    return [...paragraphsOf(this.doc).keys()];
  }
}

export type Process = {
  readonly room: FakeRoom;
  readonly file: OpenFile;
  readonly life: Life;
  readonly reports: string[];
  /** Runs what is due: the timers that the file has set. */
  readonly tick: () => Promise<void>;
  readonly pending: () => number;
};

let made = 0;

export function startProcess(machine: Machine, between?: (step: string) => void, life = new Life()): Process {
  const room = new FakeRoom(machine, life);
  const reports: string[] = [];
  const timers = new Set<() => void>();
  const file = new OpenFile(PATH, {
    room,
    steps: stepsOf(machine, life, between),
    languages,
    makeId: () => `made${++made}` as ParagraphId,
    now: () => machine.clock,
    wait: async () => {},
    later: (_, work) => {
      timers.add(work);
      return () => timers.delete(work);
    },
    onText: () => {},
    report: (message) => reports.push(message),
    onClose: () => {},
  });
  const tick = async (): Promise<void> => {
    for (const work of [...timers]) {
      timers.delete(work);
      work();
    }
    await file.moved(PATH, async () => {});
  };
  return { room, file, life, reports, tick, pending: () => timers.size };
}
