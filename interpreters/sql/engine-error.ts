/** The engine's errors as data: with `errors_as_json` it gives kind, message, candidates and a byte position. */
/** What the engine said; `position` counts bytes in the text it was given. */
export type EngineError = {
  readonly exception: string;
  readonly message: string;
  readonly subtype: string;
  readonly kind: string;
  readonly name: string;
  readonly candidates: readonly string[];
  readonly position?: number;
};

/** Of a statement that was asked in another text: its position counts from `shift` characters before the statement's own. */
export class ShiftedError extends Error {
  readonly shift: number;
  constructor(cause: unknown, shift: number) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.shift = shift;
  }
}

const EXCEPTION = /^(?:([A-Za-z ]+) Error: )?/;

export function parseEngineError(error: unknown): EngineError {
  const text = error instanceof Error ? error.message : String(error);
  const shift = error instanceof ShiftedError ? error.shift : 0;
  const brace = text.indexOf('{"exception_type"');
  const json = brace === -1 ? undefined : parseObject(text.slice(brace));
  if (!json) {
    const exception = EXCEPTION.exec(text)?.[1] ?? '';
    const message = text.replace(EXCEPTION, '').replace(/\n+LINE \d+:[\s\S]*$/, '');
    return { exception, message, subtype: '', kind: '', name: '', candidates: [] };
  }
  const field = (key: string): string => (typeof json[key] === 'string' ? json[key] : '');
  const position = Number.parseInt(field('position'), 10);
  return {
    exception: field('exception_type'),
    message: field('exception_message'),
    subtype: field('error_subtype'),
    kind: field('type'),
    name: field('name'),
    candidates: candidatesOf(field('candidates'), field('exception_message')),
    ...(Number.isNaN(position) ? {} : { position: position - shift }),
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Either a list of their own, or quoted at the message's end. */
function candidatesOf(list: string, message: string): string[] {
  if (list !== '') return list.split(/,| or /).map((name) => name.trim());
  const tail = /Candidate (?:bindings|tables|Entries): :?([\s\S]*)$/.exec(message)?.[1] ?? '';
  return [...tail.matchAll(/"((?:[^"]|"")*)"/g)].map((match) => match[1] ?? '');
}

export const isInterrupt = (error: EngineError): boolean =>
  error.exception === 'INTERRUPT' || error.exception === 'Interrupt';
