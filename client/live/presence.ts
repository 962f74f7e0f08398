/** This person among the others: told while the line is there, forgotten of others while it is not. */
import {
  type Awareness,
  applyAwarenessUpdate,
  encodeAwarenessUpdate,
  removeAwarenessStates,
} from 'y-protocols/awareness';
import type { PersonId } from '../../server/protocol/ids.ts';
import { colorAmong } from './colours.ts';
import type { LiveNotebook } from './contract.ts';
import { colorOf } from './system.ts';

export type Person = { readonly id: PersonId; readonly name: string };
type Shown = Parameters<LiveNotebook['present']>[0];

export class SharedPresence {
  readonly #awareness: Awareness;
  readonly #since: number;
  readonly #remote: object;
  #send: ((update: Uint8Array) => void) | undefined;
  #person: Person;
  #color: number;
  #shown: Shown = {};

  /** `since`: when this page came, in ms. `remote`: the origin of what comes from others. */
  constructor(awareness: Awareness, person: Person, color: number | undefined, since: number, remote: object) {
    this.#awareness = awareness;
    this.#person = person;
    this.#color = color ?? colorOf(person.id);
    this.#since = since;
    this.#remote = remote;
    awareness.on('update', (_changes: unknown, by: unknown) => {
      if (by !== 'local' || awareness.getLocalState() === null) return;
      this.#send?.(encodeAwarenessUpdate(awareness, [awareness.clientID]));
    });
  }

  get person(): Person {
    return this.#person;
  }

  /** The line is there; whoever was told of us before is told anew. */
  begin(send: (update: Uint8Array) => void): void {
    this.#send = send;
    this.#show();
  }

  /** The line is gone: nobody knows who is there. */
  end(): void {
    this.#send = undefined;
    const others = [...this.#awareness.getStates().keys()].filter((client) => client !== this.#awareness.clientID);
    removeAwarenessStates(this.#awareness, others, this.#remote);
  }

  receive(update: Uint8Array): void {
    applyAwarenessUpdate(this.#awareness, update, this.#remote);
    const own = { client: this.#awareness.clientID, person: this.#person.id, color: this.#color, since: this.#since };
    const color = colorAmong(own, this.#awareness.getStates());
    if (color === this.#color) return;
    this.#color = color;
    this.#show();
  }

  present(shown: Shown): void {
    this.#shown = shown;
    this.#show();
  }

  rename(name: string): void {
    this.#person = { ...this.#person, name };
    this.#show();
  }

  #show(): void {
    this.#awareness.setLocalState({ person: this.#person, color: this.#color, since: this.#since, ...this.#shown });
  }
}
