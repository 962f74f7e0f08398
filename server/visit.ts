/**
 * One connection to a notebook's live socket: frames in, each parsed and authorised, then handed to the room (edits,
 * presence) or to the handlers (runs, sessions, files). Whoever sends what is no frame is closed, alone. Run events leave
 * on a lane of their own (`run-lane.ts`). A little long: its states and its refusals are read together.
 *
 * Whether the connection may be made at all was decided before (`http/upgrades.ts`); what it may do is asked here for
 * each message. What carries the frames is `Transport`: `socket.ts` has the real one, tests a network of their own.
 */
import { TypeCompiler } from '@sinclair/typebox/compiler';
import type { Access } from './access/access.ts';
import type { AuditEntry } from './access/audit.ts';
import type { Action, Decision, Target } from './access/evaluator.ts';
import { isAtLeast, type Principal } from './access/principal.ts';
import { mayRun, type View } from './access/view.ts';
import { AppError } from './errors.ts';
import type { Halls } from './halls.ts';
import { actionOf, answer, type Call, type LiveHandlers } from './handlers.ts';
import { type Handler, Pace } from './pace.ts';
import { paragraphsOf, readParagraph } from './protocol/document.ts';
import { controlFrame, type Frame, readFrame } from './protocol/frames.ts';
import type { NotebookId, ParagraphId, RequestId } from './protocol/ids.ts';
import { ClientMessage } from './protocol/incoming.ts';
import { CLOSE, PROTOCOL_VERSION, type Role, type ServerMessage, SYNC } from './protocol/messages.ts';
import type { RunEvent } from './protocol/runs.ts';
import type { PublishedBy } from './published.ts';
import type { Clock, Peer, Port, RoomLease, Rooms } from './rooms/contract.ts';
import { RunLane, type Viewer } from './run-lane.ts';

export type VisitOptions = {
  readonly rooms: Pick<Rooms, 'use'>;
  readonly handlers: LiveHandlers;
  readonly access: Pick<Access, 'decide' | 'needs' | 'view' | 'who'> & {
    readonly audit: { note(entry: AuditEntry): void };
  };
  readonly clock: Clock;
  readonly warn: (what: string, details: object) => void;
  /** Frames of run events, shared by all who watch them. */
  readonly frames: WeakMap<readonly RunEvent[], Uint8Array>;
  readonly halls: Pick<Halls, 'enter' | 'leave'>;
};

export type Transport = Port & {
  /** Ends it at once: what waits to leave the process is dropped. */
  cut(): void;
};

/** A client that says nothing after connecting is gone. */
const HELLO_MS = 10_000;
/** Messages of one page that may wait for an answer; a page asks for completions one at a time. */
const MOST_CALLS = 64;
/** What a close frame holds, less a letter that may be cut in two. */
const REASON_BYTES = 120;

const nothing = (): void => {};
const NO_VIEW: View = {
  role: 'reader',
  whole: false,
  paragraphs: new Set(),
  sources: new Set(),
  runs: new Set(),
  titled: false,
  tables: 'none',
};
const schema = TypeCompiler.Compile(ClientMessage);

type SyncFrame = Exclude<Frame, { kind: 'control' | 'acknowledge' }>;
type Hello = Extract<ClientMessage, { type: 'hello' }>;
type Joined = {
  readonly lease: RoomLease;
  readonly peer: Peer;
  readonly runs: RunLane;
  readonly role: Role;
};

export class Visit implements Viewer, Handler {
  #notebook: NotebookId;
  readonly #principal: Principal;
  readonly #transport: Transport;
  readonly #options: VisitOptions;
  readonly #ended: (visit: Visit) => void;
  readonly #pace: Pace;
  #state: 'new' | 'joining' | Joined | 'gone' = 'new';
  #calls = 0;
  #callOff: () => void;

  /** `ended` is called once, when the connection is closed by either side. */
  constructor(
    notebook: NotebookId,
    principal: Principal,
    transport: Transport,
    options: VisitOptions,
    ended: (visit: Visit) => void,
  ) {
    this.#notebook = notebook;
    this.#principal = principal;
    this.#transport = transport;
    this.#options = options;
    this.#ended = ended;
    this.#pace = new Pace(transport, options.clock, this);
    this.#callOff = options.clock.after(HELLO_MS, () => this.close(CLOSE.badMessage, 'no hello'));
  }

  send(frame: Uint8Array, flushed?: () => void): void {
    this.#transport.send(frame, flushed);
  }

  sendAll(frames: readonly Uint8Array[]): void {
    this.#transport.sendAll(frames);
  }

  get buffered(): number {
    return this.#transport.buffered;
  }

  pause(): void {
    this.#pace.pause();
  }

  resume(): void {
    this.#pace.resume();
  }

  close(code: number, reason: string): void {
    if (this.#state === 'gone') return;
    this.lost();
    const cut = new TextDecoder().decode(new TextEncoder().encode(reason).subarray(0, REASON_BYTES));
    this.#transport.close(code, cut.replace(/\uFFFD$/, ''));
  }

  #tell(message: ServerMessage): void {
    this.send(controlFrame(message));
  }

  /** `bytes`: undefined for what is no binary frame. */
  receive(bytes: Uint8Array | undefined): void {
    if (this.#state === 'gone') return;
    if (bytes) this.#pace.receive(bytes);
    else this.close(CLOSE.badMessage, 'not a frame');
  }

  /** A frame whose turn has come. */
  handle(bytes: Uint8Array): void {
    if (this.#state === 'gone') return;
    const frame = readFrame(bytes);
    const joined = this.#state;
    switch (frame?.kind) {
      case 'control':
        if (!schema.Check(frame.message)) this.close(CLOSE.badMessage, 'not a message');
        else if (frame.message.type === 'hello') void this.#hello(frame.message);
        else if (typeof joined === 'string') this.close(CLOSE.badMessage, 'hello comes first');
        else this.#call(frame.message, joined);
        return;
      case 'sync':
      case 'awareness':
        if (typeof joined === 'string') this.close(CLOSE.badMessage, 'hello comes first');
        else if (!this.#may(actionOfFrame(frame))) this.#refuseFrame(frame);
        else if (frame.kind === 'sync') joined.peer.sync(frame.step, frame.bytes);
        else joined.peer.awareness(frame.update);
        return;
      case 'acknowledge':
      case undefined:
        this.close(CLOSE.badMessage, 'not a frame');
    }
  }

  publishedBy({ room }: RoomLease): PublishedBy | undefined {
    const view = this.#view();
    if (view && isAtLeast(view.role, 'writer')) return undefined;
    const paragraph: PublishedBy['paragraph'] = (one) => {
      const read = readParagraph(one, paragraphsOf(room.doc).get(one));
      return 'options' in read ? read : undefined;
    };
    return { view: view ?? NO_VIEW, paragraph };
  }

  #view(): View | undefined {
    const id = this.#notebook;
    return this.#options.access.view(this.#principal, { id, path: this.#options.handlers.path(id) ?? '' });
  }

  #decide(action: Action): Decision {
    return this.#options.access.decide(this.#principal, action, this.#target());
  }

  #needs(action: Action): string {
    return this.#options.access.needs(this.#principal, action, this.#target());
  }

  #target(): Target {
    const notebook = this.#notebook;
    return { kind: 'notebook', notebook, path: this.#options.handlers.path(notebook) };
  }

  /** Whoever lost the notebook is closed. */
  #may(action: Action): boolean {
    return this.#roleFor(action) !== undefined;
  }

  /** By which they may; undefined where they may not. */
  #roleFor(action: Action): Role | undefined {
    const decision = this.#decide(action);
    if (decision.allowed) return decision.role;
    if (decision.why === 'unauthorised') this.#putOut(CLOSE.unauthorised, decision.why);
    if (decision.why === 'not-found') this.#putOut(CLOSE.notFound, decision.why);
    return undefined;
  }

  /** Who holds a link alone knows of the notebook, and may not open its document. */
  #mayStay(): boolean {
    const may = this.#may('notebook.open');
    if (!may) this.#putOut(CLOSE.forbidden, 'forbidden');
    return may;
  }

  /** What waits is theirs no more: whoever reads that slowly is cut off, and told once they come back. */
  #putOut(code: number, reason: string): void {
    if (this.#state === 'gone') return;
    if (this.buffered === 0) {
      this.close(code, reason);
      return;
    }
    this.lost();
    this.#transport.cut();
  }

  /** A page answers what the server lacks even where that is nothing; an edit of a reader ends the connection. */
  #refuseFrame(frame: SyncFrame): void {
    if (this.#state === 'gone' || typeof this.#state === 'string') return;
    if (frame.kind === 'sync' && isEmpty(frame.bytes)) this.#state.peer.sync(frame.step, frame.bytes);
    else this.close(CLOSE.forbidden, 'forbidden');
  }

  /** Asked after each change of access, and now and then: they are closed, or told their new role. */
  reconsider(): void {
    if (this.#state === 'gone' || !this.#mayStay()) return;
    const decision = this.#decide('notebook.open');
    if (!decision.allowed || typeof this.#state === 'string' || decision.role === this.#state.role) return;
    if (!isAtLeast(decision.role, this.#state.role) && this.buffered > 0) {
      this.#putOut(CLOSE.forbidden, 'forbidden');
      return;
    }
    this.#state = { ...this.#state, role: decision.role };
    this.#tell({ type: 'role', role: decision.role });
    this.#state.runs.begin();
  }

  #call(call: Call, joined: Joined): void {
    const request = call.type === 'run' ? call.request : undefined;
    // As it is now: whose session is meant must not hang on what was so a second ago.
    const role = this.#roleFor(actionOf(call));
    if (role === undefined) {
      this.#forbid(call, request);
      return;
    }
    if (this.#calls >= MOST_CALLS) {
      this.#problem(new AppError('too-many', 'messages of one page wait for an answer'), request);
      return;
    }
    this.#calls += 1;
    const view = call.type === 'run' ? this.#view() : undefined;
    const may = (paragraph: ParagraphId): boolean => view !== undefined && mayRun(view, paragraph);
    answer(
      call,
      this.#notebook,
      { ...joined, role, may, principal: this.#principal, note: (entry) => this.#options.access.audit.note(entry) },
      this.#options.handlers,
    )
      .then(
        (message) => message && this.#tell(message),
        (cause) => this.#problem(cause, request),
      )
      .finally(() => {
        this.#calls -= 1;
      });
  }

  /** Nobody waits for ever: what asks for a list gets none. */
  #forbid(call: Call, request: RequestId | undefined): void {
    if (this.#state === 'gone') return;
    if (call.type === 'complete') this.#tell({ type: 'completions', call: call.call, items: [] });
    else if (call.type === 'check') this.#tell({ type: 'checked', call: call.call });
    else this.#problem(new AppError('forbidden', this.#needs(actionOf(call))), request);
  }

  #problem(cause: unknown, request?: RequestId): void {
    const error = cause instanceof AppError ? cause : new AppError('internal', this.#notebook, { cause });
    if (error.code === 'internal') this.#warn('a message failed', cause);
    const { code, message, hint } = error;
    this.#tell({ type: 'problem', code, message, hint, ...(request ? { request } : {}) });
  }

  async #hello(hello: Hello): Promise<void> {
    if (!this.#mayStay()) return;
    if (this.#state !== 'new') return this.close(CLOSE.badMessage, 'a second hello');
    if (hello.protocol !== PROTOCOL_VERSION) {
      return this.close(CLOSE.badMessage, `protocol ${PROTOCOL_VERSION} is spoken`);
    }
    this.#state = 'joining';
    this.#callOff();
    // A timer called off still takes memory, and a visit may last for days.
    this.#callOff = nothing;
    let lease: RoomLease | undefined;
    let runs: RunLane | undefined;
    try {
      lease = await this.#options.rooms.use(this.#notebook);
      // The same text as of all who are here: kept once.
      this.#notebook = lease.room.id;
      runs = new RunLane(this, this.#options, lease);
      await runs.open(this.#notebook, this.#principal);
      if (!this.#isJoining()) throw new AppError('unavailable');
      if (hello.epoch !== undefined && hello.epoch !== lease.room.epoch) this.close(CLOSE.otherEpoch, 'other-epoch');
      // It may have been lost while the notebook was being opened.
      else if (this.#mayStay()) return this.#join(hello, lease, runs);
    } catch (cause) {
      this.#closeFor(cause);
    }
    runs?.release();
    lease?.release();
  }

  #join(hello: Hello, lease: RoomLease, runs: RunLane): void {
    const { handlers } = this.#options;
    const { room, file } = lease;
    const notebook = this.#notebook;
    const decision = this.#decide('notebook.open');
    const role = decision.allowed ? decision.role : 'reader';
    this.#tell({
      type: 'welcome',
      notebook,
      epoch: room.epoch,
      role,
      path: handlers.path(notebook) ?? '',
      ...(room.readOnly === undefined ? {} : { readOnly: room.readOnly }),
    });
    const who = this.#options.access.who(this.#principal, hello.person);
    const peer = room.join(this, who, hello.client, this.#principal.kind !== 'owner');
    runs.begin();
    this.#tell({ type: 'session', session: handlers.session(notebook) });
    if (file.state.state !== 'fine' || file.state.unwritten) this.#tell({ type: 'file', file: file.state });
    this.#options.halls.enter(notebook, lease, this);
    this.#state = { lease, peer, runs, role };
    if (isAtLeast(role, 'writer')) handlers.opened(notebook);
  }

  #isJoining(): boolean {
    return this.#state === 'joining';
  }

  #closeFor(cause: unknown): void {
    if (this.#state === 'gone') return;
    const code = cause instanceof AppError ? cause.code : 'internal';
    this.#problem(cause);
    this.close(code === 'not-found' ? CLOSE.notFound : code === 'unavailable' ? 1001 : CLOSE.storageFailed, code);
  }

  #warn(what: string, cause: unknown): void {
    this.#options.warn(what, { notebook: this.#notebook, cause: cause instanceof Error ? cause.stack : String(cause) });
  }

  /** The connection is gone. */
  lost(): void {
    const joined = this.#state;
    if (joined === 'gone') return;
    this.#state = 'gone';
    this.#callOff();
    this.#pace.release();
    if (typeof joined !== 'string') {
      this.#options.halls.leave(joined.lease.room, this);
      joined.peer.leave();
      joined.runs.release();
      joined.lease.release();
    }
    this.#ended(this);
  }
}

const actionOfFrame = (frame: SyncFrame): Action =>
  frame.kind === 'sync' && frame.step !== SYNC.step1 ? 'notebook.edit' : 'notebook.open';

/** No structs, nothing deleted. */
const isEmpty = (update: Uint8Array): boolean => update.length === 2 && update[0] === 0 && update[1] === 0;
