/**
 * Questions to the server that wait for an answer. When the line is lost their answer never comes: those that can do
 * without one get their fallback, the others fail.
 */
export class LiveError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

type Waiting<T> = { readonly resolve: (value: T) => void; readonly reject: (reason: LiveError) => void };

export class Calls<Key, T> {
  readonly #waiting = new Map<Key, Waiting<T>>();

  wait(key: Key): Promise<T> {
    return new Promise((resolve, reject) => this.#waiting.set(key, { resolve, reject }));
  }

  has(key: Key): boolean {
    return this.#waiting.has(key);
  }

  answer(key: Key, value: T): void {
    this.#waiting.get(key)?.resolve(value);
    this.#waiting.delete(key);
  }

  fail(key: Key, reason: LiveError): void {
    this.#waiting.get(key)?.reject(reason);
    this.#waiting.delete(key);
  }

  answerAll(value: T): void {
    for (const key of [...this.#waiting.keys()]) this.answer(key, value);
  }

  failAll(reason: LiveError): void {
    for (const key of [...this.#waiting.keys()]) this.fail(key, reason);
  }
}
