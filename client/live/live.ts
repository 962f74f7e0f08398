/**
 * A live notebook over one socket. Editing never waits for the line: edits go into the document at once, and to the
 * server as soon as it has said what it lacks. The document is the queue: on each connection the server's state
 * vector tells what to send, so an edit arrives once however often the line breaks. "Saved" is said only of what the
 * server acknowledged; what it has not, the keeper keeps in the browser. Longer than most files: it is one machine, whose
 * parts stand beside it.
 */
import { Awareness } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { metaOf, paragraphsOf } from '../../server/protocol/document.ts';
import { awarenessFrame, controlFrame, readFrame, type SyncStep, syncFrame } from '../../server/protocol/frames.ts';
import { type Epoch, type NotebookId, newId, type PageId, type PersonId } from '../../server/protocol/ids.ts';
import {
  type ClientMessage,
  MAX_FRAME_BYTES,
  PROTOCOL_VERSION,
  type Role,
  type ServerMessage,
  SYNC,
} from '../../server/protocol/messages.ts';
import type { KeptStore } from '../drafts/contract.ts';
import type { Pages } from '../drafts/pages.ts';
import { openBring } from './bring.ts';
import { endingOf, TOO_LARGE } from './closing.ts';
import { Connection, type SocketLike, type Timer, type Wake } from './connection.ts';
import type { LiveEvent, LiveNotebook, SaveState } from './contract.ts';
import { Keeper } from './keeper.ts';
import { Ledger } from './ledger.ts';
import { SharedPresence } from './presence.ts';
import { LiveError, Queries } from './queries.ts';
import { mendRedone } from './redone.ts';
import { saveStateOf } from './save.ts';
import { browserSees, browserWakes, systemTimer } from './system.ts';

export type LiveOptions = {
  readonly id: NotebookId;
  readonly person: { readonly id: PersonId; readonly name: string };
  /** 0–7, unless who came before has it; from the person's id when absent. */
  readonly color?: number;
  readonly connect: () => SocketLike;
  /** Where unsent edits are kept; without it, in this page alone. */
  readonly keep?: { readonly store: KeptStore; readonly pages: Pages };
  readonly timer?: Timer;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly wakes?: (wake: Wake) => () => void;
  readonly seen?: () => boolean;
  /** Asked when a connection was refused before it was made: why, if that will not pass by itself. */
  readonly diagnose?: () => Promise<{ readonly code: string; readonly message: string } | undefined>;
  /** The client id of the document; random when absent. */
  readonly client?: number;
};

/** Typing with shorter pauses than this is one step of undo. */
const CAPTURE_MS = 500;

export function openLive(options: LiveOptions): LiveNotebook {
  const { id, now = Date.now, random = Math.random, timer = systemTimer, wakes = browserWakes } = options;
  const doc = new Y.Doc();
  if (options.client !== undefined) doc.clientID = options.client;
  const awareness = new Awareness(doc);
  const origin = {};
  const remote = {};
  /** Of what was kept in the browser. */
  const earlier = {};
  const undo = new Y.UndoManager([paragraphsOf(doc), metaOf(doc)], {
    trackedOrigins: new Set([origin]),
    captureTimeout: CAPTURE_MS,
  });
  mendRedone(doc, undo);
  const listeners = new Set<(event: LiveEvent) => void>();
  const ledger = new Ledger();
  const presence = new SharedPresence(awareness, options.person, options.color, now(), remote);
  let epoch: Epoch | undefined;
  let role: Role = 'reader';
  let path = '';
  /** What is kept has been read: only then is it known which epoch to name. */
  let ready = options.keep === undefined;
  /** The server has answered hello: it takes messages. */
  let welcomed = false;
  /** The server knows what it lacks, and gets each edit as it is made. */
  let flowing = false;
  /** All the server had has been seen once. */
  let opened = false;
  /** Whether the page was told of a session of this person's own. */
  let visiting = false;
  let readOnly: string | undefined;
  let told: { code: string; message: string } | undefined;
  let closed: { readonly code: string; readonly message: string } | undefined;
  let save: SaveState = { state: 'opening' };

  const emit = (event: LiveEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const say = (message: ClientMessage): void => {
    if (welcomed || message.type === 'hello') connection.send(controlFrame(message));
  };

  const queries = new Queries({
    say,
    get welcomed() {
      return welcomed;
    },
    get flowing() {
      return flowing;
    },
    get sent() {
      return ledger.sent;
    },
  });

  const connection = new Connection({
    connect: options.connect,
    timer,
    now,
    random,
    wakes,
    seen: options.seen ?? browserSees,
    onOpen: () => {
      ledger.restart();
      greet();
    },
    onFrame: receive,
    onLost: (code, reason, wasOpen) => {
      welcomed = false;
      flowing = false;
      const ending = endingOf(code, reason, told);
      told = undefined;
      queries.lose(
        new LiveError('offline', 'The server cannot be reached. What you wrote is kept; run it again later.'),
      );
      presence.end();
      if (!ending.again) {
        closed = { code: ending.code, message: ending.message };
        void bring?.ended(ending.code, ledger.unsent);
      } else if (!wasOpen) void diagnose();
      judge();
      return ending.again;
    },
    ping: () => say({ type: 'ping' }),
  });

  const keeper =
    options.keep &&
    new Keeper({
      ...options.keep,
      scope: { person: options.person.id, notebook: id },
      page: newId<PageId>(),
      doc,
      ledger,
      timer,
      now,
      known: () => ({ epoch, role, path }),
      prompt: () => flowing,
      foreign: (by) => by === remote || by === earlier,
      changed: judge,
    });
  const bring =
    keeper &&
    openBring({
      keeper,
      doc,
      origin: earlier,
      timer,
      epoch: () => epoch,
      shown: (kept) => {
        ({ epoch, role, path } = kept);
        emit({ type: 'welcome', path, role });
      },
      brought: (before) => {
        if (flowing) deliver(SYNC.update, Y.encodeStateAsUpdate(doc, before));
        judge();
      },
      settled: () => {
        ledger.settle();
        judge();
      },
      emit,
    });

  function greet(): void {
    if (!ready || !connection.open) return;
    say({
      type: 'hello',
      protocol: PROTOCOL_VERSION,
      person: presence.person,
      client: doc.clientID,
      ...(epoch === undefined ? {} : { epoch }),
    });
  }

  async function diagnose(): Promise<void> {
    const why = await options.diagnose?.().catch(() => undefined);
    if (why && !closed && !connection.open) end(why.code, why.message);
  }

  function judge(): void {
    keeper?.judge();
    const { unsent } = ledger;
    const keeping = keeper?.keeping ?? 'failed';
    const { open: connected, retryAt } = connection;
    const next = saveStateOf({
      before: save,
      unsent,
      keeping,
      closed,
      connected,
      retryAt,
      opened,
      readOnly,
      now: now(),
    });
    if (JSON.stringify(next) === JSON.stringify(save)) return;
    save = next;
    emit({ type: 'save', save });
  }

  function receive(bytes: Uint8Array): void {
    const frame = readFrame(bytes);
    told = undefined;
    switch (frame?.kind) {
      case 'sync':
        sync(frame.step, frame.bytes);
        return;
      case 'awareness':
        presence.receive(frame.update);
        return;
      case 'acknowledge':
        ledger.acknowledge(frame.count);
        judge();
        return;
      case 'control':
        control(frame.message as ServerMessage);
    }
  }

  function sync(step: SyncStep, bytes: Uint8Array): void {
    if (step === SYNC.step1) {
      if (!deliver(SYNC.step2, Y.encodeStateAsUpdate(doc, bytes))) return;
      flowing = readOnly === undefined;
      queries.flow();
    } else {
      apply(bytes);
      if (step === SYNC.step2) {
        opened = true;
        connection.proven();
      }
    }
    judge();
  }

  function apply(update: Uint8Array): void {
    try {
      Y.applyUpdate(doc, update, remote);
    } catch (cause) {
      const { to } = Y.parseUpdateMeta(update);
      const taken = [...to].every(([client, clock]) => Y.getState(doc.store, client) >= clock);
      // If it was taken in, the document is whole, and something that shows it failed.
      if (taken) emit({ type: 'problem', code: 'page-failed', message: `Something on this page failed: ${cause}` });
      else end('broken-document', `A change could not be taken in (${cause}). Copy what you need and reload the page.`);
    }
  }

  function end(code: string, message: string): void {
    closed = { code, message };
    welcomed = false;
    flowing = false;
    connection.close();
    queries.lose(new LiveError(code, message));
    void bring?.ended(code, ledger.unsent);
    judge();
  }

  doc.on('update', (update: Uint8Array, by: unknown) => {
    if (by !== remote && by !== earlier) {
      ledger.edit();
      if (flowing) deliver(SYNC.update, update);
    }
    keeper?.changed(update);
    if (by !== remote) judge();
  });

  /** False for what the server would not read: sending it again on each connection would never end. */
  function deliver(step: SyncStep, update: Uint8Array): boolean {
    const frame = syncFrame(step, update);
    if (frame.length <= MAX_FRAME_BYTES) {
      ledger.send();
      connection.send(frame);
      return true;
    }
    const { code, message } = TOO_LARGE;
    end(code, message);
    return false;
  }

  function visitorIs(event: Extract<LiveEvent, { type: 'visitor' }>): void {
    visiting = event.session !== undefined;
    emit(event);
  }

  function control(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        welcomed = true;
        epoch = message.epoch;
        ({ role, path } = message);
        readOnly = message.readOnly;
        emit({ type: 'welcome', path, role });
        // As of the connection before; where there are any now, that is told next.
        emit({ type: 'crowd', others: 0 });
        // It may have ended while there was no connection; where it goes on, that is told next.
        if (visiting) visitorIs({ type: 'visitor' });
        void bring?.welcomed();
        presence.begin((update) => connection.send(awarenessFrame(update)));
        connection.send(syncFrame(SYNC.step1, Y.encodeStateVector(doc)));
        judge();
        return;
      case 'storage':
        readOnly = message.readOnly;
        if (readOnly !== undefined) flowing = false;
        judge();
        return;
      case 'role':
        role = message.role;
        emit({ type: 'welcome', path, role });
        return;
      case 'renamed':
        path = message.path;
        emit({ type: 'welcome', path, role });
        return;
      case 'runs':
      case 'run':
      case 'session':
      case 'file':
      case 'crowd':
        emit(message);
        return;
      case 'visitor':
        visitorIs(message);
        return;
      case 'asked':
        queries.runs.answer(message.request, message.runs);
        return;
      case 'completions':
        queries.completions.answer(message.call, message.items);
        return;
      case 'checked':
        queries.checks.answer(message.call, message.faults);
        return;
      case 'tables':
        queries.tables.answer(message.call, message.items);
        return;
      case 'problem':
        if (message.request && queries.runs.has(message.request)) {
          queries.runs.fail(message.request, new LiveError(message.code, message.message, message.hint));
          return;
        }
        told = message;
        emit({
          type: 'problem',
          code: message.code,
          message: message.message,
          ...(message.hint ? { hint: message.hint } : {}),
        });
    }
  }

  const live: LiveNotebook = {
    id,
    doc,
    awareness,
    origin,
    undo,
    get save() {
      return save;
    },
    on: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    run: (paragraphs, forms, ordered, use) => {
      if (closed || connection.retryAt !== undefined) {
        return Promise.reject(new LiveError('offline', 'The server cannot be reached: nothing can run now.'));
      }
      if (readOnly !== undefined) {
        return Promise.reject(new LiveError('storage-read-only', `The server cannot write: ${readOnly}`));
      }
      return queries.run(paragraphs, forms, ordered, use);
    },
    cancel: (run) => say(run === undefined ? { type: 'cancel' } : { type: 'cancel', run }),
    interrupt: () => say({ type: 'interrupt' }),
    restart: (clear) => say({ type: 'restart', clear }),
    useMine: () => say({ type: 'file', action: 'use-mine' }),
    complete: (paragraph, text, offset) => queries.complete(paragraph, text, offset),
    check: (paragraph, text) => queries.check(paragraph, text),
    tables: () => queries.listTables(),
    present: (shown) => presence.present(shown),
    rename: ({ name }) => presence.rename(name),
    close: (how) => {
      connection.close();
      queries.lose(new LiveError('closed', 'The notebook was closed.'));
      flowing = false;
      if (how === 'discard') keeper?.close();
      else void keeper?.flush().finally(() => keeper.close());
      listeners.clear();
      undo.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
  void bring?.ready.then(() => {
    ready = true;
    greet();
  });
  connection.connect();
  return live;
}
