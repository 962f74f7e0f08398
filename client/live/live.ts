/**
 * A live notebook over one socket. Editing never waits for the line: edits go into the document at once, and to the
 * server as soon as it has said what it lacks. Nothing is kept beside the document: on each connection the server's state
 * vector tells what to send, so an edit arrives once however often the line breaks. "Saved" is said only of what the
 * server acknowledged.
 */
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate, removeAwarenessStates } from 'y-protocols/awareness';
import * as Y from 'yjs';
import { metaOf, paragraphsOf } from '../../server/protocol/document.ts';
import {
  awarenessFrame,
  controlFrame,
  type Frame,
  readFrame,
  type SyncStep,
  syncFrame,
} from '../../server/protocol/frames.ts';
import {
  type Epoch,
  type NotebookId,
  newId,
  type ParagraphId,
  type PersonId,
  type RequestId,
  type RunId,
} from '../../server/protocol/ids.ts';
import {
  type ClientMessage,
  type Completion,
  PROTOCOL_VERSION,
  type Role,
  type ServerMessage,
  type SessionTable,
  SYNC,
} from '../../server/protocol/messages.ts';
import { Calls, LiveError } from './calls.ts';
import { endingOf } from './closing.ts';
import { Connection, type SocketLike, type Timer } from './connection.ts';
import type { LiveEvent, LiveNotebook, SaveState } from './contract.ts';
import { Ledger } from './ledger.ts';

export type LiveOptions = {
  readonly id: NotebookId;
  readonly person: { readonly id: PersonId; readonly name: string };
  /** 0–7; from the person's id when absent. */
  readonly color?: number;
  readonly connect: () => SocketLike;
  readonly timer?: Timer;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly wakes?: (wake: () => void) => () => void;
  /** Asked when a connection was refused before it was made: why, if that will not pass by itself. */
  readonly diagnose?: () => Promise<{ readonly code: string; readonly message: string } | undefined>;
  /** The client id of the document; random when absent. */
  readonly client?: number;
};

/** Typing with shorter pauses than this is one step of undo. */
const CAPTURE_MS = 500;
const COLORS = 8;

type Asked = readonly { readonly id: RunId; readonly paragraph: ParagraphId }[];

export function openLive(options: LiveOptions): LiveNotebook {
  const { id, now = Date.now, random = Math.random, timer = systemTimer, wakes = browserWakes } = options;
  const doc = new Y.Doc();
  if (options.client !== undefined) doc.clientID = options.client;
  const awareness = new Awareness(doc);
  const origin = {};
  const remote = {};
  const undo = new Y.UndoManager([paragraphsOf(doc), metaOf(doc)], {
    trackedOrigins: new Set([origin]),
    captureTimeout: CAPTURE_MS,
  });
  const listeners = new Set<(event: LiveEvent) => void>();
  const ledger = new Ledger();
  const runs = new Calls<RequestId, Asked>();
  const completions = new Calls<number, readonly Completion[]>();
  const tables = new Calls<number, readonly SessionTable[]>();
  let person = options.person;
  let presence: Parameters<LiveNotebook['present']>[0] = {};
  let calls = 0;
  let epoch: Epoch | undefined;
  let role: Role = 'reader';
  /** The server has answered hello: it takes messages. */
  let welcomed = false;
  /** The server knows what it lacks, and gets each edit as it is made. */
  let flowing = false;
  /** All the server had has been seen once. */
  let opened = false;
  let readOnly: string | undefined;
  let told: { code: string; message: string } | undefined;
  let closed: { readonly code: string; readonly message: string } | undefined;
  /** Runs asked for while the line was being made. */
  let deferred: (() => void)[] = [];
  let save: SaveState = { state: 'opening' };

  const emit = (event: LiveEvent): void => {
    for (const listener of [...listeners]) listener(event);
  };
  const say = (message: ClientMessage): void => {
    if (welcomed || message.type === 'hello') connection.send(controlFrame(message));
  };

  const connection = new Connection({
    connect: options.connect,
    timer,
    now,
    random,
    wakes,
    onOpen: () => {
      ledger.restart();
      say({
        type: 'hello',
        protocol: PROTOCOL_VERSION,
        person,
        client: doc.clientID,
        ...(epoch === undefined ? {} : { epoch }),
      });
    },
    onFrame: receive,
    onLost: (code, reason, wasOpen) => {
      welcomed = false;
      flowing = false;
      const ending = endingOf(code, reason, told);
      told = undefined;
      fall(new LiveError('offline', 'The server cannot be reached. What you wrote is kept; run it again later.'));
      removeAwarenessStates(
        awareness,
        [...awareness.getStates().keys()].filter((one) => one !== doc.clientID),
        remote,
      );
      if (!ending.again) closed = { code: ending.code, message: ending.message };
      else if (!wasOpen) void diagnose();
      judge();
      return ending.again;
    },
    ping: () => say({ type: 'ping' }),
  });

  async function diagnose(): Promise<void> {
    const why = await options.diagnose?.().catch(() => undefined);
    if (!why || closed || connection.open) return;
    closed = why;
    connection.close();
    judge();
  }

  function fall(why: LiveError): void {
    runs.failAll(why);
    completions.answerAll([]);
    tables.answerAll([]);
    deferred = [];
  }

  function judge(): void {
    const next = judgeSave();
    if (JSON.stringify(next) === JSON.stringify(save)) return;
    save = next;
    emit({ type: 'save', save });
  }

  function judgeSave(): SaveState {
    const { unsent } = ledger;
    if (closed) return { state: 'closed', ...closed, unsent };
    const { retryAt } = connection;
    if (retryAt !== undefined || (!connection.open && save.state === 'offline')) {
      return { state: 'offline', unsent, retryAt: retryAt ?? now() };
    }
    if (!opened) return { state: 'opening' };
    if (readOnly !== undefined) return { state: 'read-only', why: readOnly, unsent };
    return unsent > 0 ? { state: 'saving', unsent } : { state: 'saved' };
  }

  function receive(bytes: Uint8Array): void {
    try {
      take(readFrame(bytes));
    } catch (cause) {
      // A document half changed can't be trusted with further edits.
      closed = {
        code: 'broken-document',
        message: `This page could not take in a change (${String(cause)}). Copy what you need and reload the page.`,
      };
      welcomed = false;
      flowing = false;
      connection.close();
      fall(new LiveError(closed.code, closed.message));
      judge();
    }
  }

  function take(frame: Frame | undefined): void {
    switch (frame?.kind) {
      case 'sync':
        sync(frame.step, frame.bytes);
        return;
      case 'awareness':
        applyAwarenessUpdate(awareness, frame.update, remote);
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
      ledger.send();
      connection.send(syncFrame(SYNC.step2, Y.encodeStateAsUpdate(doc, bytes)));
      flowing = readOnly === undefined;
      const waiting = deferred;
      deferred = [];
      for (const ask of waiting) ask();
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
      if (!taken) throw cause;
      // The document is whole: something that shows it failed.
      emit({ type: 'problem', code: 'page-failed', message: `Something on this page went wrong: ${String(cause)}` });
    }
  }

  doc.on('update', (update: Uint8Array, by: unknown) => {
    if (by === remote) return;
    ledger.edit();
    if (flowing) {
      ledger.send();
      connection.send(syncFrame(SYNC.update, update));
    }
    judge();
  });
  awareness.on('update', (_changes: unknown, by: unknown) => {
    if (by === 'local') sendAwareness();
  });

  function sendAwareness(): void {
    if (!welcomed || awareness.getLocalState() === null) return;
    connection.send(awarenessFrame(encodeAwarenessUpdate(awareness, [awareness.clientID])));
  }

  const showSelf = (): void =>
    awareness.setLocalState({ person, color: options.color ?? colorOf(person.id), ...presence });

  function control(message: ServerMessage): void {
    switch (message.type) {
      case 'welcome':
        welcomed = true;
        epoch = message.epoch;
        role = message.role;
        readOnly = message.readOnly;
        emit({ type: 'welcome', path: message.path, role });
        showSelf();
        connection.send(syncFrame(SYNC.step1, Y.encodeStateVector(doc)));
        judge();
        return;
      case 'storage':
        readOnly = message.readOnly;
        if (readOnly !== undefined) flowing = false;
        judge();
        return;
      case 'renamed':
        emit({ type: 'welcome', path: message.path, role });
        return;
      case 'runs':
      case 'run':
      case 'session':
      case 'file':
        emit(message);
        return;
      case 'asked':
        runs.answer(message.request, message.runs);
        return;
      case 'completions':
        completions.answer(message.call, message.items);
        return;
      case 'tables':
        tables.answer(message.call, message.items);
        return;
      case 'problem':
        if (message.request && runs.has(message.request)) {
          runs.fail(message.request, new LiveError(message.code, message.message, message.hint));
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

  function ask<T>(waiting: Calls<number, T>, fallback: T, message: (call: number) => ClientMessage): Promise<T> {
    if (!welcomed) return Promise.resolve(fallback);
    calls += 1;
    const answer = waiting.wait(calls);
    say(message(calls));
    return answer;
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
    run: (paragraphs) => {
      if (closed || connection.retryAt !== undefined) {
        return Promise.reject(new LiveError('offline', 'The server cannot be reached: nothing can run now.'));
      }
      if (readOnly !== undefined) {
        return Promise.reject(new LiveError('storage-read-only', `The server cannot write: ${readOnly}`));
      }
      const request = newId<RequestId>();
      const answer = runs.wait(request);
      const send = () =>
        say({ type: 'run', request, after: ledger.sent, ...(paragraphs ? { paragraphs: [...paragraphs] } : {}) });
      if (flowing) send();
      else deferred.push(send);
      return answer;
    },
    cancel: (run) => say(run === undefined ? { type: 'cancel' } : { type: 'cancel', run }),
    interrupt: () => say({ type: 'interrupt' }),
    restart: (clear) => say({ type: 'restart', clear }),
    useMine: () => say({ type: 'file', action: 'use-mine' }),
    complete: (paragraph, text, offset) =>
      ask(completions, [], (call) => ({ type: 'complete', call, paragraph, text, offset })),
    tables: () => ask(tables, [], (call) => ({ type: 'tables', call })),
    present: (next) => {
      presence = next;
      if (welcomed) showSelf();
    },
    rename: ({ name }) => {
      person = { ...person, name };
      if (welcomed) showSelf();
    },
    close: () => {
      connection.close();
      fall(new LiveError('closed', 'The notebook was closed.'));
      listeners.clear();
      undo.destroy();
      awareness.destroy();
      doc.destroy();
    },
  };
  connection.connect();
  return live;
}

/** The same person has the same colour on every page. */
function colorOf(person: string): number {
  let sum = 0;
  for (const letter of person) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return sum % COLORS;
}

const systemTimer: Timer = (ms, work) => {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
};

function browserWakes(wake: () => void): () => void {
  if (typeof window === 'undefined') return () => {};
  const visible = () => {
    if (document.visibilityState === 'visible') wake();
  };
  window.addEventListener('online', wake);
  document.addEventListener('visibilitychange', visible);
  return () => {
    window.removeEventListener('online', wake);
    document.removeEventListener('visibilitychange', visible);
  };
}
